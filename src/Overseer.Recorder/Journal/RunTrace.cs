namespace Overseer.Recorder.Journal;

/// <summary>What a journal says of one run.</summary>
/// <param name="Started">Whether it has the run's start.</param>
/// <param name="Exit">How it ended; null when the journal has no exit of it.</param>
/// <param name="ExitChunk">Where the exit's record begins.</param>
/// <param name="ExitEnd">The journal's end after that record.</param>
/// <param name="ExitedNs">Time of the exit, Unix nanoseconds.</param>
/// <param name="LossNoted">Whether the last that it says of the run is that its recorder was lost.</param>
internal sealed record RunTrace(bool Started, ExitRecord? Exit, JournalPosition ExitChunk, JournalEnd ExitEnd, long ExitedNs, bool LossNoted);
