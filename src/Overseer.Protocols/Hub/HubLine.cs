using Overseer.Protocols.V2;

namespace Overseer.Protocols.Hub;

/// <summary>
/// A message as the journal keeps it: one line of JSON, <c>type</c> first and in lower case, then <c>containerID</c>, <c>timestamp</c> and <c>data</c>, then the further
/// fields as they came. What the token was is not in it.
/// </summary>
internal static class HubLine
{
    private const int Overhead = 128;

    /// <summary>The room that a line needs, its end included.</summary>
    public static int MaxBytes(ref HubMessage message) => message.Source.Length + Overhead;

    /// <summary>Writes the line and its end, and returns its length.</summary>
    /// <param name="message">A message that is kept.</param>
    /// <param name="now">The time it gets when it brought none.</param>
    /// <param name="destination">At least <see cref="MaxBytes"/> bytes.</param>
    public static int Write(ref HubMessage message, in TimestampText now, Span<byte> destination)
    {
        int at = 0;
        Put("{\"type\":\""u8, destination, ref at);
        Put(HubTypeName.Of(message.Type, capitals: false), destination, ref at);
        Put("\",\"containerID\":\""u8, destination, ref at);
        Put(message.ContainerId, destination, ref at);
        Put("\",\"timestamp\":"u8, destination, ref at);
        if (message.Timestamp.IsEmpty)
        {
            destination[at++] = (byte)'"';
            Put(now.Bytes, destination, ref at);
            destination[at++] = (byte)'"';
        }
        else
        {
            Put(message.Timestamp, destination, ref at);
        }
        Put(",\"data\":"u8, destination, ref at);
        PutJson(message.Data.IsEmpty ? "{}"u8 : message.Data, destination, ref at);
        for (int i = 0; i < message.ExtraCount; i++)
        {
            destination[at++] = (byte)',';
            PutJson(message.Extra(i), destination, ref at);
        }
        destination[at++] = (byte)'}';
        destination[at++] = (byte)'\n';
        return at;
    }

    /// <summary>In JSON a line end stands between tokens only, where a space says the same.</summary>
    internal static void PutJson(ReadOnlySpan<byte> json, Span<byte> destination, ref int at)
    {
        json.CopyTo(destination[at..]);
        var copy = destination.Slice(at, json.Length);
        if (copy.ContainsAny((byte)'\n', (byte)'\r'))
        {
            copy.Replace((byte)'\n', (byte)' ');
            copy.Replace((byte)'\r', (byte)' ');
        }
        at += json.Length;
    }

    private static void Put(ReadOnlySpan<byte> bytes, Span<byte> destination, ref int at)
    {
        bytes.CopyTo(destination[at..]);
        at += bytes.Length;
    }
}
