namespace Overseer.Recorder.Journal;

/// <summary>Result of <see cref="JournalWriter.Splice"/>.</summary>
/// <param name="Outcome">What happened.</param>
/// <param name="Bytes">Bytes moved; 0 unless <see cref="SpliceOutcome.Moved"/>.</param>
/// <param name="Errno">Why the file could not grow; 0 unless <see cref="SpliceOutcome.NoSpace"/>.</param>
internal readonly record struct SpliceResult(SpliceOutcome Outcome, int Bytes, int Errno)
{
    internal static SpliceResult Moved(int bytes) => new(SpliceOutcome.Moved, bytes, 0);

    internal static SpliceResult Empty => new(SpliceOutcome.Empty, 0, 0);

    internal static SpliceResult EndOfStream => new(SpliceOutcome.EndOfStream, 0, 0);

    internal static SpliceResult NoSpace(int errno) => new(SpliceOutcome.NoSpace, 0, errno);
}
