namespace Overseer.Recorder.Journal;

// Prepares the next segment. The unfinished bytes of each lane are copied to its beginning, so that every segment can be read alone.
internal static unsafe class SegmentRoll
{
    /// <summary>The new segment has not got its name yet, and the lanes still point into the old one.</summary>
    /// <param name="begins">Where each lane begins in the new segment.</param>
    /// <param name="end">Where the carried bytes end.</param>
    /// <exception cref="JournalFullException">No room; nothing has changed.</exception>
    internal static SegmentFile Begin(
        string directory, SegmentFile old, LaneTable lanes, JournalOptions options, in JournalEnd oldEnd, long timeNs, JournalBuffer scratch, out long end, out long[] begins)
    {
        // The limit may have been lowered since the old segment was begun; what is pending must fit into it.
        var maxLineBytes = options.MaxLineBytes;
        foreach (ref var lane in lanes.All)
        {
            maxLineBytes = Math.Max(maxLineBytes, lane.Pending);
        }

        var header = old.Header with { MaxLineBytes = maxLineBytes, FirstLine = oldEnd.NextLine, CreatedNs = timeNs };
        var segment = SegmentCreator.Begin(directory, header);
        try
        {
            begins = new long[lanes.All.Length];
            end = SegmentHeader.Size;
            for (var i = 0; i < begins.Length; i++)
            {
                begins[i] = ChunkHeader.PlaceAfter(end);
                end = Carry(old, lanes.All[i], oldEnd.Offset, segment, end, timeNs, scratch);
            }

            return segment;
        }
        catch
        {
            SegmentCreator.Abandon(directory, segment);
            throw;
        }
    }

    private static long Carry(SegmentFile old, in Lane lane, long oldEnd, SegmentFile segment, long end, long timeNs, JournalBuffer scratch)
    {
        var bytes = new byte[lane.Pending];
        if (!LaneBytes.TryRead(old, lane.Begin, oldEnd, lane.Run, lane.Stream, bytes))
        {
            throw new JournalFormatException(old.Path, $"{old.Path} is damaged: the beginning of an unfinished line is not at offset {lane.Begin}");
        }

        var begin = ChunkHeader.PlaceAfter(end);
        for (var done = 0; done < bytes.Length;)
        {
            var part = bytes.AsSpan(done, Math.Min(bytes.Length - done, ChunkHeader.MaxLength));
            var place = ChunkHeader.PlaceAfter(end);
            var header = new ChunkHeader
            {
                Kind = ChunkKind.Carry,
                Stream = lane.Stream,
                Done = true,
                Length = part.Length,
                TimeNs = timeNs,
                FirstLine = segment.FirstLine,
                PendingBack = done > 0 ? (uint)(place - begin) : 0,
                PendingLength = done,
                Pid = lane.Pid,
                Run = lane.Run,
                DataCrc = Crc32C.Append(segment.Seed, part),
            };
            header.Write(scratch.Span, segment.Seed, place);
            part.CopyTo(scratch.Span[ChunkHeader.Size..]);
            SegmentWrites.Check(SegmentWrites.Write(segment.Handle, scratch.Pointer, ChunkHeader.Size + part.Length, place), segment.Path);
            done += part.Length;
            end = place + ChunkHeader.Size + part.Length;
        }

        return end;
    }
}
