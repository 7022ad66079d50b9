using Overseer.Core.Registry;
using Overseer.Core.Tasks;
using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>How the engine's own types look on the wire.</summary>
internal static class CoreTypes
{
    private static readonly ChoiceType<RestartCondition> RestartOnType = new(
        "RestartOn", "Which exits lead to a restart: any, or only those that are a failure (a code that is not 0, or a signal).",
        ("any", RestartCondition.Any), ("failure", RestartCondition.Failure));

    private static readonly OptionalValueField<RetryPolicy, TimeSpan> RestartDelay =
        new("restart_delay", WireTypes.Duration, p => p.RestartDelay, "Time between an exit and the next start.");
    private static readonly OptionalValueField<RetryPolicy, TimeSpan> RestartJitter =
        new("restart_jitter", WireTypes.Duration, p => p.RestartJitter, "The most that is added to the delay at random.");
    private static readonly OptionalValueField<RetryPolicy, TimeSpan> ErrorWindow =
        new("error_window", WireTypes.Duration, p => p.ErrorWindow, "The time in which exits are counted; 0 for all time.");
    private static readonly OptionalValueField<RetryPolicy, int> ErrorThreshold =
        new("error_threshold", WireTypes.Count, p => p.ErrorThreshold, "At how many exits the task is given up; 0 for never.");
    private static readonly OptionalValueField<RetryPolicy, RestartCondition> RestartOn =
        new("restart_on", RestartOnType, p => p.RestartOn, "Which exits lead to a restart.");
    private static readonly OptionalValueField<RetryPolicy, double> BackoffFactor =
        new("backoff_factor", new NumberType(1), p => p.BackoffFactor, "By what the delay is multiplied with each restart in a row; it need not be whole.");
    private static readonly OptionalValueField<RetryPolicy, TimeSpan> MaxRestartDelay =
        new("max_restart_delay", WireTypes.Duration, p => p.MaxRestartDelay, "The longest delay that backoff_factor leads to.");

    public static ObjectType<RetryPolicy> RetryPolicy { get; } = new(
        "RetryPolicy", "How a task is restarted after an exit that nobody asked for.",
        [RestartDelay, RestartJitter, ErrorWindow, ErrorThreshold, RestartOn, BackoffFactor, MaxRestartDelay],
        f => new RetryPolicy
        {
            RestartDelay = f.Get(RestartDelay),
            RestartJitter = f.Get(RestartJitter),
            ErrorWindow = f.Get(ErrorWindow),
            ErrorThreshold = f.Get(ErrorThreshold),
            RestartOn = f.Get(RestartOn),
            BackoffFactor = f.Get(BackoffFactor),
            MaxRestartDelay = f.Get(MaxRestartDelay),
        });

    public static ChoiceType<TaskState> TaskState { get; } = new(
        "TaskState", "What a task does.",
        ("active", Overseer.Core.Tasks.TaskState.Active), ("stopped", Overseer.Core.Tasks.TaskState.Stopped),
        ("errored", Overseer.Core.Tasks.TaskState.Errored), ("queued", Overseer.Core.Tasks.TaskState.Queued));

    public static ChoiceType<WorkerState> WorkerState { get; } = new(
        "WorkerState", "What the latest process of a task does.",
        ("running", Overseer.Core.Tasks.WorkerState.Running), ("exited", Overseer.Core.Tasks.WorkerState.Exited));

    public static ChoiceType<TaskOrigin> TaskOrigin { get; } = new(
        "TaskOrigin", "Where a task comes from: a configured action, a command that no action describes, a process that somebody else started, a session of the hub, or a container that somebody else started.",
        ("action", Overseer.Core.Tasks.TaskOrigin.Action), ("command", Overseer.Core.Tasks.TaskOrigin.Command), ("adopted", Overseer.Core.Tasks.TaskOrigin.Adopted),
        ("session", Overseer.Core.Tasks.TaskOrigin.Session), ("container", Overseer.Core.Tasks.TaskOrigin.Container));

    public static ChoiceType<LabelKind> LabelKind { get; } = new(
        "LabelKind", "The two kinds of labels that many tasks may share.",
        ("tag", Overseer.Core.Registry.LabelKind.Tag), ("group", Overseer.Core.Registry.LabelKind.Group));

    public static ChoiceType<DequeueReason> DequeueReason { get; } = new(
        "DequeueReason", "Why a task left a queue, or its wait for a restart, without being started.",
        ("stopped", Overseer.Core.Tasks.DequeueReason.Stopped), ("purged", Overseer.Core.Tasks.DequeueReason.Purged),
        ("displaced", Overseer.Core.Tasks.DequeueReason.Displaced), ("expired", Overseer.Core.Tasks.DequeueReason.Expired),
        ("failed", Overseer.Core.Tasks.DequeueReason.Failed), ("shutdown", Overseer.Core.Tasks.DequeueReason.Shutdown));
}
