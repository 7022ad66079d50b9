namespace Overseer.Recorder.Journal;

/// <summary>Reads all of a journal, also while it is written, and compares every chunk with its checksums. Changes nothing.</summary>
internal static class JournalVerifier
{
    /// <summary>What is wrong in a journal. A tail that a crash left, and that the next writer repairs, is nothing wrong.</summary>
    /// <param name="directory">The journal's directory.</param>
    /// <param name="bytes">How many bytes of segments were read.</param>
    /// <exception cref="JournalException">It cannot be read.</exception>
    internal static IReadOnlyList<JournalDamage> Verify(string directory, out long bytes)
    {
        bytes = 0;
        var found = new List<JournalDamage>();
        var lines = SegmentName.List(directory);
        for (var i = 0; i < lines.Length; i++)
        {
            try
            {
                using var segment = SegmentFile.OpenIfThere(directory, lines[i]);
                if (segment is null) continue;
                var limit = segment.Length();
                bytes += limit;
                Verify(segment, limit, last: i == lines.Length - 1, found);
            }
            catch (JournalFormatException e)
            {
                found.Add(new JournalDamage(e.Path, 0, e.Message));
            }
        }

        return found;
    }

    private static void Verify(SegmentFile segment, long limit, bool last, List<JournalDamage> found)
    {
        var scanner = new ChunkScanner(segment);
        var data = new byte[ChunkHeader.MaxLength];
        var place = (long)SegmentHeader.Size;
        var nextLine = segment.FirstLine;
        while (true)
        {
            place = ChunkHeader.PlaceAfter(place);
            var state = scanner.Read(place, limit, out var header);
            if (state == ChunkState.Done)
            {
                var content = data.AsSpan(0, header.Length);
                if (segment.Read(content, place + ChunkHeader.Size) != header.Length || Crc32C.Append(segment.Seed, content) != header.DataCrc)
                {
                    found.Add(new JournalDamage(segment.Path, place + ChunkHeader.Size, $"{header.Length} bytes do not match their checksum (lines {header.FirstLine} to {header.NextLine - 1})"));
                }
                else if (header.FirstLine != nextLine)
                {
                    found.Add(new JournalDamage(segment.Path, place, $"lines {nextLine} to {header.FirstLine - 1} are missing"));
                }

                nextLine = header.NextLine;
                place += ChunkHeader.Size + header.Length;
                continue;
            }

            var next = state == ChunkState.None ? -1 : scanner.FindNext(place, limit);
            if (next < 0 && (last || state == ChunkState.None || (state == ChunkState.Open && place + ChunkHeader.Size == limit)))
            {
                return;
            }

            found.Add(new JournalDamage(segment.Path, place, $"{(next < 0 ? limit : next) - place} bytes are no chunk"));
            if (next < 0)
            {
                return;
            }

            place = next;
            if (scanner.Read(next, limit, out var after) == ChunkState.Done) nextLine = after.FirstLine;
        }
    }
}
