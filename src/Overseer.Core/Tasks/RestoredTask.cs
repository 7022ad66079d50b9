using Overseer.Core.Tasks.Storage;

namespace Overseer.Core.Tasks;

/// <summary>A task as an earlier server left it.</summary>
/// <param name="Status">The task.</param>
/// <param name="Standing">Where it stands between its runs.</param>
/// <param name="Run">The run under way, if there is one.</param>
/// <param name="Next">The run that it waits for, if it does.</param>
/// <param name="Leftover">An ended run whose descendants may still have to be killed.</param>
/// <param name="Exits">When the latest of its exits that count happened, the first one first.</param>
internal sealed record RestoredTask(
    TaskStatus Status,
    TaskStanding Standing,
    LiveRun? Run,
    NextRun? Next,
    RunRecord? Leftover,
    IEnumerable<DateTimeOffset> Exits);
