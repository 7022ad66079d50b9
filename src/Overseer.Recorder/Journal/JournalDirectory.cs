namespace Overseer.Recorder.Journal;

/// <summary>What can be learnt of a journal without opening it. Changes nothing. Thread-safe.</summary>
public static class JournalDirectory
{
    /// <summary>How far a journal without a writer may be read, trusting nothing but checked headers.</summary>
    /// <param name="directory">The journal's directory.</param>
    /// <remarks>Bytes that a crash left behind an unfinished header are not counted until a writer has repaired the journal.</remarks>
    /// <exception cref="JournalFormatException">A segment is not one, or of a newer version.</exception>
    /// <exception cref="JournalException">There is no journal, or it cannot be read; the message names the file.</exception>
    public static JournalEnd FindEnd(string directory)
    {
        var lines = SegmentName.List(directory);
        for (var i = lines.Length - 1; i >= 0; i--)
        {
            try
            {
                using var segment = SegmentFile.OpenToRead(directory, lines[i]);
                return FindEnd(directory, segment);
            }
            catch (JournalFormatException) when (i > 0)
            {
                // The newest file is damaged where its header should be: what is before it is still good.
            }
        }

        throw NoJournal(directory);
    }

    /// <summary>The journal's segments, oldest first.</summary>
    /// <param name="directory">The journal's directory.</param>
    /// <exception cref="JournalException">The directory cannot be read.</exception>
    public static IReadOnlyList<JournalSegment> Segments(string directory)
    {
        var segments = new List<JournalSegment>();
        foreach (var line in SegmentName.List(directory))
        {
            var file = new FileInfo(SegmentName.Of(directory, line));
            if (file.Exists)
            {
                segments.Add(new JournalSegment(line, file.FullName, file.Length));
            }
        }

        return segments;
    }

    internal static JournalException NoJournal(string directory) => new(directory, $"{directory} holds no journal: there is no segment in it");

    private static JournalEnd FindEnd(string directory, SegmentFile segment)
    {
        var scanner = new ChunkScanner(segment);
        var size = segment.Length();
        var end = new JournalEnd(segment.FirstLine, SegmentHeader.Size, segment.FirstLine);
        using var index = new SegmentIndex(directory, segment);
        var place = index.FindPlace(long.MaxValue, scanner, size);
        while (true)
        {
            var state = scanner.Read(place, size, out var header);
            if (state == ChunkState.Done)
            {
                end = new JournalEnd(segment.FirstLine, place + ChunkHeader.Size + header.Length, header.NextLine);
                place = ChunkHeader.PlaceAfter(end.Offset);
            }
            else if (state == ChunkState.Damaged && scanner.FindNext(place, size) is var next and > 0)
            {
                place = next;
            }
            else
            {
                return end;
            }
        }
    }
}
