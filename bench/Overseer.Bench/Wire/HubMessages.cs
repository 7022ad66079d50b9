using System.Buffers.Binary;
using System.Text;

namespace Overseer.Bench;

/// <summary>What a container sends to the hub, as finished frames: capitals, masked with zeros.</summary>
internal static class HubMessages
{
    /// <summary>The length of a message's text.</summary>
    internal const int LineBytes = 80;

    /// <summary>So many log messages of <see cref="LineBytes"/> bytes each.</summary>
    internal static byte[] Logs(string container, int count)
    {
        var pattern = "the quick brown fox jumps over the lazy dog 0123456789 ";
        var line = string.Concat(Enumerable.Repeat(pattern, 2))[..LineBytes];
        var one = Log(container, line);
        var all = new byte[one.Length * count];
        for (var i = 0; i < count; i++)
            one.CopyTo(all.AsSpan(i * one.Length));
        return all;
    }

    /// <summary>A log message.</summary>
    internal static byte[] Log(string container, string line) =>
        Frame($$$"""{"type":"LOG","containerID":"{{{container}}}","timestamp":"2026-01-31T12:00:00.000Z","data":{"level":"info","message":"{{{line}}}"}}""");

    /// <summary>The wish to watch a container from its first message on.</summary>
    internal static byte[] Subscribe(string container) =>
        Frame($$$"""{"type":"SUBSCRIBE","containerID":"{{{container}}}","timestamp":"2026-01-31T12:00:00.000Z","data":{"from_seq":1}}""");

    private static byte[] Frame(string json)
    {
        var payload = Encoding.UTF8.GetBytes(json);
        var frame = new byte[8 + payload.Length];
        frame[0] = 0x81;
        frame[1] = 0x80 | 126;
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), checked((ushort)payload.Length));
        payload.CopyTo(frame.AsSpan(8));
        return payload.Length >= 126 ? frame : Short(payload);
    }

    private static byte[] Short(byte[] payload) => [0x81, (byte)(0x80 | payload.Length), 0, 0, 0, 0, .. payload];
}
