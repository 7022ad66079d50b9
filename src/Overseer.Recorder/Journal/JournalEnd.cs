namespace Overseer.Recorder.Journal;

/// <summary>How far a journal may be read: everything before it is complete. Made by the writer after each finished chunk.</summary>
/// <param name="Segment">First line of the segment, which names its file.</param>
/// <param name="Offset">Bytes from the beginning of that file.</param>
/// <param name="NextLine">Number that the next finished line will get; the first line is 1.</param>
public readonly record struct JournalEnd(long Segment, long Offset, long NextLine);
