using System.Buffers;
using System.Buffers.Binary;

namespace Overseer.EventLog;

/// <summary>Finished WebSocket frames as lines.</summary>
internal static class LogLines
{
    private const int TypeAt = 9;

    /// <summary>The payload of the first frame, and how many bytes the frame has. Only frames of our own making: one whole text message each, unmasked.</summary>
    public static ReadOnlySpan<byte> PayloadOf(ReadOnlySpan<byte> frames, out int bytes)
    {
        var (header, length) = frames[1] switch
        {
            126 => (4, BinaryPrimitives.ReadUInt16BigEndian(frames[2..])),
            127 => (10, checked((int)BinaryPrimitives.ReadInt64BigEndian(frames[2..]))),
            var tiny => (2, (int)tiny),
        };
        bytes = header + length;
        return frames.Slice(header, length);
    }

    /// <summary>Whether a message is a line of output, or that some are missing: most are.</summary>
    public static bool IsOutput(ReadOnlySpan<byte> json) => json[TypeAt] is (byte)'o' or (byte)'g';

    /// <summary>The type of a message.</summary>
    public static ReadOnlySpan<byte> TypeOf(ReadOnlySpan<byte> json) => json[TypeAt..(TypeAt + json[TypeAt..].IndexOf((byte)'"'))];

    /// <summary>Appends a message as a line.</summary>
    public static void Write(IBufferWriter<byte> to, ReadOnlySpan<byte> json)
    {
        var line = to.GetSpan(json.Length + 1);
        json.CopyTo(line);
        line[json.Length] = (byte)'\n';
        to.Advance(json.Length + 1);
    }
}
