// Where messages are lines, the frames that everything is written as lose their headers. That costs a copy, on a channel of which there is one; in
// return pump, streams and outbox know nothing of lines.

using System.Buffers;
using System.Buffers.Binary;
using Overseer.Protocols.V2;

namespace Overseer.Server.Channels;

/// <summary>Turns finished frames into lines. Each write holds whole frames, as all writers of frames see to.</summary>
internal static class LineFrames
{
    private const byte LengthMask = 0x7f;
    private const int TwoBytes = 126;
    private const int EightBytes = 127;

    /// <summary>Appends the payload of each text frame, and a line end.</summary>
    public static void Append(ReadOnlySpan<byte> frames, IBufferWriter<byte> lines)
    {
        while (!frames.IsEmpty)
        {
            var length = (frames[1] & LengthMask) switch
            {
                TwoBytes => BinaryPrimitives.ReadUInt16BigEndian(frames[2..]),
                EightBytes => checked((int)BinaryPrimitives.ReadInt64BigEndian(frames[2..])),
                var tiny => tiny,
            };
            var header = WebSocketFrame.HeaderLength(length);
            lines.Write(frames.Slice(header, length));
            lines.Write("\n"u8);
            frames = frames[(header + length)..];
        }
    }
}
