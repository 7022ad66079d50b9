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
                using var segment = SegmentFile.OpenIfThere(directory, lines[i]);
                return segment is not null ? FindEnd(directory, segment) : FindEnd(directory);
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
                segments.Add(new JournalSegment(line, file.FullName, file.Length) { WrittenAt = new DateTimeOffset(file.LastWriteTimeUtc) });
            }
        }

        return segments;
    }

    /// <summary>
    /// Deletes a segment and its index. Never the last one: its end says where the lines go on. Who is reading it reads it to its end.
    /// </summary>
    /// <exception cref="IOException">It cannot be deleted.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be deleted.</exception>
    internal static void Delete(JournalSegment segment)
    {
        // A segment without index can be read; an index without segment is nothing, and is removed with the next one.
        File.Delete(segment.Path);
        File.Delete(Path.ChangeExtension(segment.Path, SegmentName.IndexExtension));
    }

    /// <summary>
    /// Begins a new segment in a journal that nobody writes, so that all before it may be deleted and lines go on where they were.
    /// </summary>
    /// <param name="directory">The journal's directory.</param>
    /// <param name="options">How it is written.</param>
    /// <param name="scratch">The thread's.</param>
    /// <param name="timeNs">Now, Unix time in ns.</param>
    /// <returns>The new end; null when there is not a single line in the last segment, whose name the new one would have.</returns>
    /// <exception cref="JournalLockedException">It has a writer.</exception>
    /// <exception cref="JournalException">Any other error; the message names the file.</exception>
    internal static JournalEnd? Roll(string directory, JournalOptions options, JournalBuffer scratch, long timeNs)
    {
        if (SegmentName.List(directory).Length == 0)
        {
            return null;
        }

        using var writer = JournalWriter.Open(directory, options, scratch, timeNs);
        return writer.TryRoll(timeNs) ? writer.End : null;
    }

    /// <summary>Whether somebody writes a journal now.</summary>
    internal static bool IsBeingWritten(string directory)
    {
        try
        {
            using var last = JournalRepair.OpenLast(directory, out _);
            return false;
        }
        catch (JournalLockedException)
        {
            return true;
        }
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
