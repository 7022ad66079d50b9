namespace Overseer.Recorder.Processes;

/// <summary>What became of a signal to a process tree.</summary>
/// <param name="Signalled">How many different processes the kernel delivered it to.</param>
/// <param name="Remaining">
/// Numbers of processes that belong to the tree and escaped: those that may not be signalled (other user), and, for SIGKILL, those still alive when time was
/// up (for example in uninterruptible sleep). Empty in the normal case.
/// </param>
public sealed record SignalReport(int Signalled, IReadOnlyList<int> Remaining);
