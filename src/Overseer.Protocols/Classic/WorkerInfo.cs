using Overseer.Core.Tasks;
using Overseer.Protocols.Schema;
using Overseer.Protocols.V2;
using TaskStatus = Overseer.Core.Tasks.TaskStatus;

namespace Overseer.Protocols.Classic;

/// <summary>A process as <c>workers</c> shows it: the latest one of a task.</summary>
public sealed record WorkerInfo
{
    private static readonly RequiredField<WorkerInfo, int> PidField = new("pid", WireTypes.Integer, m => m.Pid, "The process.");
    private static readonly RequiredField<WorkerInfo, string> CommandField = new("command", WireTypes.Text, m => m.Command, "The program.");
    private static readonly RequiredField<WorkerInfo, IReadOnlyList<string>> ArgsField = new("args", WireTypes.Texts, m => m.Args, "Its arguments.");
    private static readonly RequiredField<WorkerInfo, WorkerState> StateField = new("state", CoreTypes.WorkerState, m => m.State, "Whether it runs.");
    private static readonly RequiredField<WorkerInfo, DateTimeOffset> StartedAtField = new("started_at", WireTypes.Timestamp, m => m.StartedAt, "When it was started.");
    private static readonly OptionalValueField<WorkerInfo, DateTimeOffset> ExitedAtField =
        new("exited_at", WireTypes.Timestamp, m => m.ExitedAt, "When it exited.");
    private static readonly OptionalValueField<WorkerInfo, int> ExitCodeField =
        new("exit_code", WireTypes.Integer, m => m.ExitCode, "Its exit code; -1 when a signal ended it.");
    private static readonly OptionalValueField<WorkerInfo, DateTimeOffset> LastEventAtField =
        new("last_event_at", WireTypes.Timestamp, m => m.LastEventAt, "When its latest output or its exit came.");

    internal static readonly ObjectType<WorkerInfo> Schema = new(
        "WorkerInfo", "A process as workers shows it.",
        [PidField, CommandField, ArgsField, StateField, StartedAtField, ExitedAtField, ExitCodeField, LastEventAtField],
        f => new WorkerInfo
        {
            Pid = f.Get(PidField),
            Command = f.Get(CommandField),
            Args = f.Get(ArgsField),
            State = f.Get(StateField),
            StartedAt = f.Get(StartedAtField),
            ExitedAt = f.Get(ExitedAtField),
            ExitCode = f.Get(ExitCodeField),
            LastEventAt = f.Get(LastEventAtField),
        });

    /// <summary>The process.</summary>
    public required int Pid { get; init; }

    /// <summary>The program.</summary>
    public required string Command { get; init; }

    /// <summary>Its arguments.</summary>
    public required IReadOnlyList<string> Args { get; init; }

    /// <summary>Whether it runs.</summary>
    public required WorkerState State { get; init; }

    /// <summary>When it was started.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it exited.</summary>
    public DateTimeOffset? ExitedAt { get; init; }

    /// <summary>Its exit code; -1 when a signal ended it.</summary>
    public int? ExitCode { get; init; }

    /// <summary>When its latest output or its exit came.</summary>
    public DateTimeOffset? LastEventAt { get; init; }

    /// <summary>The latest process of a task; null as long as it has none.</summary>
    /// <param name="status">The task.</param>
    /// <param name="lastEventAt">When its latest output or exit came, where that is known.</param>
    public static WorkerInfo? Of(TaskStatus status, DateTimeOffset? lastEventAt)
    {
        if (status is not { CurrentPid: { } pid, LastStartedAt: { } startedAt })
            return null;
        bool exited = status.WorkerState == Core.Tasks.WorkerState.Exited;
        return new WorkerInfo
        {
            Pid = pid,
            Command = status.Command ?? "",
            Args = status.Args ?? [],
            State = exited ? Core.Tasks.WorkerState.Exited : Core.Tasks.WorkerState.Running,
            StartedAt = startedAt,
            ExitedAt = exited ? status.LastExitedAt : null,
            ExitCode = exited ? status.LastExitCode : null,
            LastEventAt = lastEventAt ?? (exited ? status.LastExitedAt : null),
        };
    }
}
