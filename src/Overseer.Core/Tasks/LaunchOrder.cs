using Overseer.Core.Drivers;

namespace Overseer.Core.Tasks;

/// <summary>A start that was checked and planned, and now only has to be carried out.</summary>
/// <param name="Origin">Who waits for the answer; <see langword="null"/> for nobody.</param>
/// <param name="Plan">What to run.</param>
/// <param name="Mask">Hides its secrets.</param>
/// <param name="Status">The task as it is while this run starts.</param>
/// <param name="BootId">The present boot of the machine.</param>
/// <param name="Kind">What it is for.</param>
internal sealed record LaunchOrder(RequestOrigin? Origin, RunPlan Plan, SecretMask Mask, TaskStatus Status, Guid BootId, LaunchKind Kind = LaunchKind.Request)
{
    /// <summary>The action as it is, which made the plan.</summary>
    public ActionEntry? From { get; init; }

    /// <summary>The run that begins.</summary>
    public RunId RunId => Status.CurrentRun!.Value;
}
