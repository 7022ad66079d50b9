namespace Overseer.Recorder.Journal;

/// <summary>A segment of a journal on disk.</summary>
/// <param name="FirstLine">Number of its first line, which names it.</param>
/// <param name="Path">The file.</param>
/// <param name="Bytes">Its size when it was listed.</param>
public sealed record JournalSegment(long FirstLine, string Path, long Bytes)
{
    /// <summary>When it was last written.</summary>
    public DateTimeOffset WrittenAt { get; init; }
}
