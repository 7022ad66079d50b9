namespace Overseer.Recorder.Journal;

// Looks back for the last output of one run, from the newest segment on. Only the headers of chunks are read.
internal static class OutputTail
{
    /// <summary>Finds the time of a run's last output, and how many chunks in a row, from the last one back, have it.</summary>
    /// <param name="directory">The journal's directory.</param>
    /// <param name="end">How far it may be read.</param>
    /// <param name="run">The run's ordinal in the journal.</param>
    /// <returns>Unix nanoseconds and the number of chunks; both 0 when there is no output.</returns>
    /// <exception cref="JournalException">It cannot be read.</exception>
    internal static (long TimeNs, int Chunks) Find(string directory, in JournalEnd end, int run)
    {
        var (timeNs, chunks) = (0L, 0);
        var segments = SegmentName.List(directory);
        for (var i = segments.Length - 1; i >= 0; i--)
        {
            if (segments[i] > end.Segment)
            {
                continue;
            }

            using var segment = SegmentFile.OpenToRead(directory, segments[i]);
            var here = Look(segment, segments[i] == end.Segment ? end.Offset : segment.Length(), run);
            if (here.Chunks > 0 && (chunks == 0 || here.TimeNs == timeNs))
            {
                timeNs = here.TimeNs;
                chunks += here.Chunks;
            }

            // An older segment matters only while everything that was seen has the same time.
            if (here.Began || (here.Chunks > 0 && (!here.AllAlike || here.TimeNs != timeNs)))
            {
                break;
            }
        }

        return (timeNs, chunks);
    }

    private static (long TimeNs, int Chunks, bool AllAlike, bool Began) Look(SegmentFile segment, long limit, int run)
    {
        var scanner = new ChunkScanner(segment);
        var (timeNs, chunks, alike, began) = (0L, 0, true, false);
        long place = SegmentHeader.Size;
        while (true)
        {
            var state = scanner.Read(place, limit, out var header);
            if (state == ChunkState.Done)
            {
                began |= header.Kind == ChunkKind.Started && header.Run == run;
                if (header.Kind == ChunkKind.Output && header.Run == run)
                {
                    alike &= chunks == 0 || header.TimeNs == timeNs;
                    chunks = chunks > 0 && header.TimeNs == timeNs ? chunks + 1 : 1;
                    timeNs = header.TimeNs;
                }

                place = ChunkHeader.PlaceAfter(place + ChunkHeader.Size + header.Length);
            }
            else if (state is ChunkState.None or ChunkState.Open || scanner.FindNext(place, limit) is not (var next and > 0))
            {
                return (timeNs, chunks, alike, began);
            }
            else
            {
                place = next;
            }
        }
    }
}
