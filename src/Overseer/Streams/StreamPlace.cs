using Overseer.Recorder.Journal;

namespace Overseer.Streams;

/// <summary>A place in a task's stream that outlives cursors and servers: where somebody was who goes on there.</summary>
/// <param name="Directory">The journal's; unset before the first event.</param>
/// <param name="Position">Directly after the last event that he has.</param>
/// <param name="NextLine">The number of the next line there.</param>
/// <param name="NextSeq">The number that the first line shown from there on gets; 0 when that is not known.</param>
internal readonly record struct StreamPlace(string? Directory, JournalPosition Position, long NextLine, long NextSeq);
