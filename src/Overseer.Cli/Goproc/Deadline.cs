namespace Overseer.Cli.Goproc;

/// <summary>What is left of the time that several calls have together.</summary>
internal sealed class Deadline(TimeSpan timeout, TimeProvider clock)
{
    private readonly long _begin = clock.GetTimestamp();

    internal TimeSpan Left => timeout - clock.GetElapsedTime(_begin);
}
