namespace Overseer.Core.Tasks;

/// <summary>
/// Everything that is known about a task at one moment. Immutable: a change replaces it, so it can be read, kept and sent from any thread.
/// </summary>
public sealed record TaskStatus
{
    /// <summary>The task's id, unique beyond one server.</summary>
    public required string TaskId { get; init; }

    /// <summary>The registry number: grows by one per task, never reused.</summary>
    public required long Number { get; init; }

    /// <summary>The journal that holds the output and exits of all runs of this task.</summary>
    public required Guid JournalId { get; init; }

    /// <summary>Where it comes from.</summary>
    public TaskOrigin Origin { get; init; }

    /// <summary>The action it was last started from; of a task without one, what stands for it: <c>command</c>, <c>adopt</c>.</summary>
    public required string Action { get; init; }

    /// <summary>The parameters as they were sent, those the action marks as secret replaced by <c>***</c>; unset when none were sent.</summary>
    public IReadOnlyDictionary<string, string>? Params { get; init; }

    /// <summary>The state in one word.</summary>
    public required TaskState State { get; init; }

    /// <summary>The state in detail.</summary>
    public required TaskPhase Phase { get; init; }

    /// <summary>State of the latest process; unset until the current run has one.</summary>
    public WorkerState? WorkerState { get; init; }

    /// <summary>Pid of the latest process; stays after its exit.</summary>
    public int? CurrentPid { get; init; }

    /// <summary>Number of automatic restarts in the whole life of the task.</summary>
    public int RestartCount { get; init; }

    /// <summary>When the task was first accepted.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its latest process was started.</summary>
    public DateTimeOffset? LastStartedAt { get; init; }

    /// <summary>When its latest process exited.</summary>
    public DateTimeOffset? LastExitedAt { get; init; }

    /// <summary>When it was queued; unset when it is not waiting for a pool.</summary>
    public DateTimeOffset? QueuedAt { get; init; }

    /// <summary>Exit code of the latest exit; -1 when a signal ended the process.</summary>
    public int? LastExitCode { get; init; }

    /// <summary>Name of the signal that ended the latest process, such as <c>SIGKILL</c>.</summary>
    public string? LastSignal { get; init; }

    /// <summary>Whether somebody had asked for the end of an adopted process; its exit is in no journal that would say it.</summary>
    public bool WasStopped { get; init; }

    /// <summary>Why the latest restart could not be executed.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>What there is to be known of the latest run beside its output, such as the status that a container reported or why it was ended; unset for nothing.</summary>
    public string? Note { get; init; }

    /// <summary>The policy that is in force: the request's over the action's over the global one; unset when there is none.</summary>
    public RetryPolicy? RetryPolicy { get; init; }

    /// <summary>The task's unique name.</summary>
    public string? Name { get; init; }

    /// <summary>The action's and the request's tags, in that order, without doubles.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The action's and the request's groups, in that order, without doubles.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>The program that runs, as an absolute path, secrets masked; unset when the task is no process.</summary>
    public string? Command { get; init; }

    /// <summary>The program's arguments without its own name, secrets masked; unset when the task is no process.</summary>
    public IReadOnlyList<string>? Args { get; init; }

    /// <summary>The run that is under way; unset when the task has ended.</summary>
    public RunId? CurrentRun { get; init; }

    /// <summary>Ordinal of the latest run in the journal, starting at 1.</summary>
    public int Run { get; init; }

    /// <summary>Whether somebody else started what it stands for, and it is carried out here all the same: see <see cref="Drivers.ActionCatalog.Foreign"/>.</summary>
    public bool IsForeign => Origin is TaskOrigin.Session or TaskOrigin.Container;

    /// <summary>When the task last started or exited; its creation as long as it has done neither.</summary>
    public DateTimeOffset LastActivityAt => (LastStartedAt, LastExitedAt) switch
    {
        ({ } started, { } exited) => started > exited ? started : exited,
        var (started, exited) => started ?? exited ?? CreatedAt,
    };

    /// <summary>The task as a start by request begins: nothing shows of the run before.</summary>
    internal TaskStatus Anew() => this with
    {
        WorkerState = null,
        CurrentPid = null,
        LastExitedAt = null,
        LastExitCode = null,
        LastSignal = null,
        ErrorMessage = null,
        Note = null,
    };
}
