namespace Overseer.Recorder.Journal;

/// <summary>A place in a journal where the bytes are not what was written.</summary>
/// <param name="Path">The segment's file.</param>
/// <param name="Offset">Where in it.</param>
/// <param name="What">What was found there.</param>
public sealed record JournalDamage(string Path, long Offset, string What);
