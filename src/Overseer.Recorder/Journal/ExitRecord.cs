namespace Overseer.Recorder.Journal;

/// <summary>How a run ended.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Pid">Process id it had.</param>
/// <param name="Run">Ordinal of the run in its journal, from 1.</param>
/// <param name="ExitCode">0 to 255; -1 when a signal killed it.</param>
/// <param name="Signal">The signal that killed it; 0 when it exited.</param>
/// <param name="UserMicroseconds">CPU time in user mode.</param>
/// <param name="SystemMicroseconds">CPU time in the kernel.</param>
/// <param name="MaxRssKilobytes">Largest resident set, KiB.</param>
public sealed record ExitRecord(
    Guid RunId, int Pid, int Run, int ExitCode, int Signal, long UserMicroseconds, long SystemMicroseconds, long MaxRssKilobytes);
