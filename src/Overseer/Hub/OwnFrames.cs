using System.Buffers.Binary;
using System.Buffers.Text;
using Overseer.Protocols.V2;
using Overseer.Streams;

namespace Overseer.Hub;

/// <summary>Takes a connection's own messages out of shared frames. The frames between them are sent as they are.</summary>
internal static class OwnFrames
{
    private const byte LengthMask = 0x7f;
    private const int TwoBytes = 126;
    private const int EightBytes = 127;

    private static ReadOnlySpan<byte> Seq => "{\"seq\":"u8;

    /// <summary>Adds a slice without them, in pieces where that must be. Each piece is to be released; the slice is not, any more.</summary>
    public static void AddWithout(this List<FrameSlice> slices, in FrameSlice slice, OwnMessages own)
    {
        if (own.IsEmpty)
        {
            slices.Add(slice);
            return;
        }

        var frames = slice.Bytes.Span;
        var (from, at) = (0, 0);
        while (at < frames.Length)
        {
            var length = LengthOf(frames[at..], out var payload);
            if (IsOwn(frames.Slice(at + payload, length - payload), own))
            {
                AddPiece(slices, slice, from, at);
                from = at + length;
            }

            at += length;
        }

        AddPiece(slices, slice, from, at);
        slice.Release();
    }

    private static void AddPiece(List<FrameSlice> slices, in FrameSlice slice, int from, int end)
    {
        if (from < end)
        {
            slice.Block.Hold();
            slices.Add(new FrameSlice(slice.Block, slice.Offset + from, end - from));
        }
    }

    private static int LengthOf(ReadOnlySpan<byte> frame, out int header)
    {
        var length = (frame[1] & LengthMask) switch
        {
            TwoBytes => BinaryPrimitives.ReadUInt16BigEndian(frame[2..]),
            EightBytes => checked((int)BinaryPrimitives.ReadInt64BigEndian(frame[2..])),
            var tiny => tiny,
        };
        header = WebSocketFrame.HeaderLength(length);
        return header + length;
    }

    private static bool IsOwn(ReadOnlySpan<byte> message, OwnMessages own) =>
        message.StartsWith(Seq) && Utf8Parser.TryParse(message[Seq.Length..], out long number, out _) && own.Has(number);
}
