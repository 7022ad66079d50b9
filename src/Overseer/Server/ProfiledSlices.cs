using System.Buffers;
using Overseer.Protocols.Classic;
using Overseer.Streams;

namespace Overseer.Server;

/// <summary>
/// Shared frames for clients who know some of them in another form: v1 has no empty id on automatic starts. The bytes between such frames are sent as they are, so that output is
/// encoded once for all profiles.
/// </summary>
internal static class ProfiledSlices
{
    /// <summary>Adds a slice, in pieces where that must be. Each piece is to be released; the slice is not, any more.</summary>
    public static void Add(this List<FrameSlice> slices, in FrameSlice slice, ProtocolProfile profile)
    {
        if (profile.HasIdOnEveryStart || slice.Block.Starts.Count == 0)
        {
            slices.Add(slice);
            return;
        }

        var (from, end) = (slice.Offset, slice.Offset + slice.Count);
        foreach (var start in slice.Block.Starts)
        {
            if (start.Offset >= slice.Offset && start.Offset < end)
            {
                AddPiece(slices, slice.Block, from, start.Offset);
                slices.Add(FrameOf(start, profile));
                from = start.Offset + start.Length;
            }
        }

        AddPiece(slices, slice.Block, from, end);
        slice.Release();
    }

    private static void AddPiece(List<FrameSlice> slices, FrameBlock block, int from, int end)
    {
        if (from < end)
        {
            block.Hold();
            slices.Add(new FrameSlice(block, from, end - from));
        }
    }

    private static FrameSlice FrameOf(StartFrame start, ProtocolProfile profile)
    {
        var frame = new ArrayBufferWriter<byte>(start.Length);
        MessageFrames.Encode(start.Message, frame, profile);
        var block = new FrameBlock(frame.WrittenCount, default);
        frame.WrittenSpan.CopyTo(block.Free);
        block.Advance(frame.WrittenCount);
        block.Publish(default, nextLine: 0);
        return new FrameSlice(block, 0, frame.WrittenCount);
    }
}
