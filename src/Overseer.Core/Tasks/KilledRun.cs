namespace Overseer.Core.Tasks;

/// <summary>The run of a task that got SIGKILL last; it may be over, and its descendants not.</summary>
/// <param name="RunId">The run.</param>
/// <param name="StoppedBy">Who asked for the stop and is to be told if the kill leaves somebody; emptied when they were.</param>
internal sealed record KilledRun(RunId RunId, List<RequestOrigin> StoppedBy)
{
    /// <summary>Whether the kill was reported to have left somebody.</summary>
    public bool Incomplete { get; set; }
}
