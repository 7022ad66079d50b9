using Overseer.Core.Tasks;
using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>Something happened to some task, for those who follow the lifecycle of all tasks.</summary>
public sealed record LifecycleMessage : ServerMessage
{
    private static readonly ChoiceType<LifecycleEvent> EventType = new(
        "LifecycleEvent", "What happened to a task.",
        ("queued", LifecycleEvent.Queued), ("started", LifecycleEvent.Started), ("exited", LifecycleEvent.Exited),
        ("restarting", LifecycleEvent.Restarting), ("errored", LifecycleEvent.Errored), ("dequeued", LifecycleEvent.Dequeued));

    private static readonly RequiredField<LifecycleMessage, LifecycleEvent> EventField = new("event", EventType, m => m.Event, "What happened.");
    private static readonly RequiredField<LifecycleMessage, long> NumberField =
        new("number", WireTypes.LongCount, m => m.Number, "Grows from event to event, also across restarts of the server; may leave out numbers.");
    private static readonly RequiredField<LifecycleMessage, string> TaskIdField = new("task_id", WireTypes.TaskIdText, m => m.TaskId, "The task.");
    private static readonly RequiredField<LifecycleMessage, string> ActionField = new("action", WireTypes.Text, m => m.Action, "Its action.");
    private static readonly OptionalField<LifecycleMessage, string> NameField = new("name", WireTypes.Text, m => m.Name, "Its unique name.");
    private static readonly OptionalField<LifecycleMessage, IReadOnlyList<string>> TagsField = new("tags", WireTypes.Texts, m => m.Tags, "Its tags.");
    private static readonly OptionalField<LifecycleMessage, IReadOnlyList<string>> GroupsField = new("groups", WireTypes.Texts, m => m.Groups, "Its groups.");
    private static readonly OptionalValueField<LifecycleMessage, TaskState> StateField =
        new("state", CoreTypes.TaskState, m => m.State, "What the task does now; absent when it is known no more.");
    private static readonly OptionalValueField<LifecycleMessage, int> PidField =
        new("pid", WireTypes.Integer, m => m.Pid, "The process it happened to.");
    private static readonly OptionalValueField<LifecycleMessage, int> RestartOfField =
        new("restart_of", WireTypes.Integer, m => m.RestartOf, "Of started: the pid of the process that an automatic restart replaces.");
    private static readonly OptionalValueField<LifecycleMessage, int> ExitCodeField =
        new("exit_code", WireTypes.Integer, m => m.ExitCode, "Of exited: the exit code; -1 when a signal ended the process or the code is unknown.");
    private static readonly OptionalField<LifecycleMessage, string> SignalField =
        new("signal", WireTypes.Text, m => m.Signal, "Of exited: the signal that ended the process, such as SIGKILL.");
    private static readonly OptionalValueField<LifecycleMessage, bool> IntentionalField =
        new("intentional", WireTypes.Boolean, m => m.Intentional, "Of exited: whether somebody asked for it.");
    private static readonly OptionalValueField<LifecycleMessage, TimeSpan> RestartDelayField =
        new("restart_delay", WireTypes.Duration, m => m.RestartDelay, "Of restarting: time until the next start.");
    private static readonly OptionalValueField<LifecycleMessage, int> AttemptField =
        new("attempt", WireTypes.Integer, m => m.Attempt, "Of restarting: the number of this restart, from 1.");
    private static readonly OptionalValueField<LifecycleMessage, int> ExitCountField =
        new("exit_count", WireTypes.Integer, m => m.ExitCount, "Of errored: how many exits were counted.");
    private static readonly OptionalValueField<LifecycleMessage, int> PositionField =
        new("position", WireTypes.Integer, m => m.Position, "Of queued: its place in the queue, counted from 1.");
    private static readonly OptionalValueField<LifecycleMessage, DequeueReason> ReasonField =
        new("reason", CoreTypes.DequeueReason, m => m.Reason, "Of dequeued: why.");
    private static readonly RequiredField<LifecycleMessage, DateTimeOffset> TsField = new("ts", WireTypes.Timestamp, m => m.Ts, "When it happened.");

    internal static readonly MessageDefinition<ServerMessage> Schema = Define<LifecycleMessage>(
        "lifecycle", MessageDelivery.BroadcastSubscribers, "Something happened to some task; to those who subscribed with lifecycle.",
        [
            EventField, NumberField, TaskIdField, ActionField, NameField, TagsField, GroupsField, StateField, PidField, RestartOfField, ExitCodeField,
            SignalField, IntentionalField, RestartDelayField, AttemptField, ExitCountField, PositionField, ReasonField, TsField,
        ],
        f => new LifecycleMessage
        {
            Event = f.Get(EventField),
            Number = f.Get(NumberField),
            TaskId = f.Get(TaskIdField),
            Action = f.Get(ActionField),
            Name = f.Get(NameField),
            Tags = f.Get(TagsField),
            Groups = f.Get(GroupsField),
            State = f.Get(StateField),
            Pid = f.Get(PidField),
            RestartOf = f.Get(RestartOfField),
            ExitCode = f.Get(ExitCodeField),
            Signal = f.Get(SignalField),
            Intentional = f.Get(IntentionalField),
            RestartDelay = f.Get(RestartDelayField),
            Attempt = f.Get(AttemptField),
            ExitCount = f.Get(ExitCountField),
            Position = f.Get(PositionField),
            Reason = f.Get(ReasonField),
            Ts = f.Get(TsField),
        });

    /// <summary>What happened.</summary>
    public required LifecycleEvent Event { get; init; }

    /// <summary>Grows from event to event, also across restarts of the server; may leave out numbers.</summary>
    public required long Number { get; init; }

    /// <summary>The task.</summary>
    public required string TaskId { get; init; }

    /// <summary>Its action.</summary>
    public required string Action { get; init; }

    /// <summary>Its unique name.</summary>
    public string? Name { get; init; }

    /// <summary>Its tags.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>Its groups.</summary>
    public IReadOnlyList<string>? Groups { get; init; }

    /// <summary>What the task does now; unset when it is known no more.</summary>
    public TaskState? State { get; init; }

    /// <summary>The process it happened to.</summary>
    public int? Pid { get; init; }

    /// <summary>Of started: the pid of the process that an automatic restart replaces.</summary>
    public int? RestartOf { get; init; }

    /// <summary>Of exited: the exit code; -1 when a signal ended the process or the code is unknown.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Of exited: the signal that ended the process, such as SIGKILL.</summary>
    public string? Signal { get; init; }

    /// <summary>Of exited: whether somebody asked for it.</summary>
    public bool? Intentional { get; init; }

    /// <summary>Of restarting: time until the next start.</summary>
    public TimeSpan? RestartDelay { get; init; }

    /// <summary>Of restarting: the number of this restart, from 1.</summary>
    public int? Attempt { get; init; }

    /// <summary>Of errored: how many exits were counted.</summary>
    public int? ExitCount { get; init; }

    /// <summary>Of queued: its place in the queue, counted from 1.</summary>
    public int? Position { get; init; }

    /// <summary>Of dequeued: why.</summary>
    public DequeueReason? Reason { get; init; }

    /// <summary>When it happened.</summary>
    public required DateTimeOffset Ts { get; init; }

    internal override MessageDefinition<ServerMessage> Definition => Schema;
}
