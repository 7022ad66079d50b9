using System.Buffers;
using Overseer.Core.Tasks;
using Overseer.Protocols.Json;
using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>A task as list shows it.</summary>
public sealed record TaskInfo
{
    private static readonly RequiredField<TaskInfo, string> TaskIdField = new("task_id", WireTypes.TaskIdText, m => m.TaskId, "The id.");
    private static readonly RequiredField<TaskInfo, long> NumberField =
        new("number", WireTypes.LongCount, m => m.Number, "The number in the registry: grows by one per task, never reused.");
    private static readonly RequiredField<TaskInfo, string> ActionField =
        new("action", WireTypes.Text, m => m.Action, "The action it was last started from; adopt for an adopted process, session for one of the hub, container for an adopted container.");
    private static readonly OptionalValueField<TaskInfo, TaskOrigin> OriginField =
        new("origin", CoreTypes.TaskOrigin, m => m.Origin, "Where it comes from.");
    private static readonly OptionalField<TaskInfo, string> NameField = new("name", WireTypes.Text, m => m.Name, "Its unique name.");
    private static readonly OptionalField<TaskInfo, IReadOnlyList<string>> TagsField = new("tags", WireTypes.Texts, m => m.Tags, "Its tags.");
    private static readonly OptionalField<TaskInfo, IReadOnlyList<string>> GroupsField = new("groups", WireTypes.Texts, m => m.Groups, "Its groups.");
    private static readonly OptionalField<TaskInfo, IReadOnlyDictionary<string, string>> ParamsField =
        new("params", WireTypes.TextMap, m => m.Params, "The parameters as they were sent, secret ones masked.");
    private static readonly OptionalField<TaskInfo, string> CommandField = new("command", WireTypes.Text, m => m.Command, "The program; the whole command line of an adopted process.");
    private static readonly OptionalField<TaskInfo, IReadOnlyList<string>> ArgsField =
        new("args", WireTypes.Texts, m => m.Args, "The arguments of the program.");
    private static readonly OptionalValueField<TaskInfo, DateTimeOffset> QueuedAtField =
        new("queued_at", WireTypes.Timestamp, m => m.QueuedAt, "When it was queued, while it waits.");
    private static readonly RequiredField<TaskInfo, TaskState> StateField = new("state", CoreTypes.TaskState, m => m.State, "What it does.");
    private static readonly OptionalField<TaskInfo, RetryPolicy> RetryPolicyField =
        new("retry_policy", CoreTypes.RetryPolicy, m => m.RetryPolicy, "How it is restarted.");
    private static readonly OptionalValueField<TaskInfo, int> CurrentPidField =
        new("current_pid", WireTypes.Integer, m => m.CurrentPid, "The pid of its latest process, also after its exit.");
    private static readonly OptionalValueField<TaskInfo, WorkerState> WorkerStateField =
        new("worker_state", CoreTypes.WorkerState, m => m.WorkerState, "What its latest process does.");
    private static readonly RequiredField<TaskInfo, int> RestartCountField =
        new("restart_count", WireTypes.Integer, m => m.RestartCount, "How often it was restarted automatically.");
    private static readonly RequiredField<TaskInfo, DateTimeOffset> CreatedAtField =
        new("created_at", WireTypes.Timestamp, m => m.CreatedAt, "When it was first accepted.");
    private static readonly OptionalValueField<TaskInfo, DateTimeOffset> LastStartedAtField =
        new("last_started_at", WireTypes.Timestamp, m => m.LastStartedAt, "When its latest process started.");
    private static readonly OptionalValueField<TaskInfo, DateTimeOffset> LastExitedAtField =
        new("last_exited_at", WireTypes.Timestamp, m => m.LastExitedAt, "When its latest process exited.");
    private static readonly OptionalValueField<TaskInfo, int> LastExitCodeField =
        new("last_exit_code", WireTypes.Integer, m => m.LastExitCode, "The latest exit code; -1 when a signal ended the process; absent when an adopted process ended and nobody could tell how.");
    private static readonly OptionalField<TaskInfo, string> LastSignalField =
        new("last_signal", WireTypes.Text, m => m.LastSignal, "The signal that ended the latest process.");
    private static readonly OptionalField<TaskInfo, string> ErrorMessageField =
        new("error_message", WireTypes.Text, m => m.ErrorMessage, "Why the latest restart could not be executed.");
    private static readonly OptionalField<TaskInfo, string> NoteField =
        new("note", WireTypes.Text, m => m.Note, "What else is known of its latest run: the status that a session reported, or why a container was ended.");

    internal static readonly ObjectType<TaskInfo> Schema = new(
        "TaskInfo", "A task as list shows it.",
        [TaskIdField, NumberField, ActionField, OriginField, NameField, TagsField, GroupsField, ParamsField, CommandField, ArgsField, QueuedAtField, StateField, RetryPolicyField, CurrentPidField, WorkerStateField, RestartCountField, CreatedAtField, LastStartedAtField, LastExitedAtField, LastExitCodeField, LastSignalField, ErrorMessageField, NoteField],
        f => new TaskInfo
        {
            TaskId = f.Get(TaskIdField),
            Number = f.Get(NumberField),
            Action = f.Get(ActionField),
            Origin = f.Get(OriginField) ?? TaskOrigin.Action,
            Name = f.Get(NameField),
            Tags = f.Get(TagsField),
            Groups = f.Get(GroupsField),
            Params = f.Get(ParamsField),
            Command = f.Get(CommandField),
            Args = f.Get(ArgsField),
            QueuedAt = f.Get(QueuedAtField),
            State = f.Get(StateField),
            RetryPolicy = f.Get(RetryPolicyField),
            CurrentPid = f.Get(CurrentPidField),
            WorkerState = f.Get(WorkerStateField),
            RestartCount = f.Get(RestartCountField),
            CreatedAt = f.Get(CreatedAtField),
            LastStartedAt = f.Get(LastStartedAtField),
            LastExitedAt = f.Get(LastExitedAtField),
            LastExitCode = f.Get(LastExitCodeField),
            LastSignal = f.Get(LastSignalField),
            ErrorMessage = f.Get(ErrorMessageField),
            Note = f.Get(NoteField),
        },
        kept: info => info.Kept);

    /// <summary>The task as JSON, if it was written already.</summary>
    internal KeptJson Kept { get; private init; } = KeptJson.None;

    /// <summary>The same, written once and for all: no copy of it with other values may be made.</summary>
    internal TaskInfo Keep()
    {
        var json = new ArrayBufferWriter<byte>(512);
        var output = new JsonOutput(json);
        Schema.Write(ref output, this);
        output.Complete();
        return this with { Kept = new KeptJson(json.WrittenSpan.ToArray()) };
    }

    /// <summary>The id.</summary>
    public required string TaskId { get; init; }

    /// <summary>The number in the registry: grows by one per task, never reused.</summary>
    public required long Number { get; init; }

    /// <summary>The action it was last started from.</summary>
    public required string Action { get; init; }

    /// <summary>Where it comes from.</summary>
    public TaskOrigin Origin { get; init; }

    /// <summary>Its unique name.</summary>
    public string? Name { get; init; }

    /// <summary>Its tags.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>Its groups.</summary>
    public IReadOnlyList<string>? Groups { get; init; }

    /// <summary>The parameters as they were sent, secret ones masked.</summary>
    public IReadOnlyDictionary<string, string>? Params { get; init; }

    /// <summary>The program.</summary>
    public string? Command { get; init; }

    /// <summary>The arguments of the program.</summary>
    public IReadOnlyList<string>? Args { get; init; }

    /// <summary>When it was queued, while it waits.</summary>
    public DateTimeOffset? QueuedAt { get; init; }

    /// <summary>What it does.</summary>
    public required TaskState State { get; init; }

    /// <summary>How it is restarted.</summary>
    public RetryPolicy? RetryPolicy { get; init; }

    /// <summary>The pid of its latest process, also after its exit.</summary>
    public int? CurrentPid { get; init; }

    /// <summary>What its latest process does.</summary>
    public WorkerState? WorkerState { get; init; }

    /// <summary>How often it was restarted automatically.</summary>
    public required int RestartCount { get; init; }

    /// <summary>When it was first accepted.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its latest process started.</summary>
    public DateTimeOffset? LastStartedAt { get; init; }

    /// <summary>When its latest process exited.</summary>
    public DateTimeOffset? LastExitedAt { get; init; }

    /// <summary>The latest exit code; -1 when a signal ended the process.</summary>
    public int? LastExitCode { get; init; }

    /// <summary>The signal that ended the latest process.</summary>
    public string? LastSignal { get; init; }

    /// <summary>Why the latest restart could not be executed.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>What else is known of its latest run.</summary>
    public string? Note { get; init; }
}
