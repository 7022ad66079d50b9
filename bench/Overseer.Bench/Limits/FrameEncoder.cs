using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;

namespace Overseer.Bench;

/// <summary>Lines to finished <c>output</c> frames, as plainly as it can be done: clean ASCII only, no parts, one task.</summary>
internal sealed class FrameEncoder
{
    private static ReadOnlySpan<byte> Prefix => "{\"type\":\"output\",\"task_id\":\"limit\",\"pid\":12345,\"stream\":\"stdout\",\"data\":\""u8;

    // What follows the number is the same for all lines of a chunk: 7 + 27 + 2 bytes.
    private readonly byte[] _end = ",\"ts\":\"2000-01-01T00:00:00.000000Z\"}"u8.ToArray();
    private long _sequence;

    /// <summary>The most bytes that one line becomes, without its own.</summary>
    internal static int Overhead => 10 + Prefix.Length + 64;

    /// <summary>Takes the time that all lines of the next chunk get.</summary>
    internal void BeginChunk() =>
        _ = DateTime.UtcNow.TryFormat(_end.AsSpan(7), out _, "yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);

    internal int Write(Span<byte> destination, ReadOnlySpan<byte> line)
    {
        // The payload of a frame with a four-byte header begins at 4; a shorter one is not needed for these lines.
        var at = 4;
        Prefix.CopyTo(destination[at..]);
        at += Prefix.Length;
        line.CopyTo(destination[at..]);
        at += line.Length;
        "\",\"seq\":"u8.CopyTo(destination[at..]);
        at += 8;
        _ = Utf8Formatter.TryFormat(++_sequence, destination[at..], out var digits);
        at += digits;
        _end.CopyTo(destination[at..]);
        at += _end.Length;
        destination[0] = 0x81;
        destination[1] = 126;
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], checked((ushort)(at - 4)));
        return at;
    }
}
