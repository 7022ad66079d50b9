namespace Overseer.Core.Tasks;

/// <summary>Something that happened to a task, in the order in which it happened. A closed hierarchy.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="Action">The action it was last started from.</param>
/// <param name="At">When it happened.</param>
public abstract record TaskEvent(string TaskId, string Action, DateTimeOffset At);

/// <summary>A process of the task runs.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="Action">Its action.</param>
/// <param name="RunId">The run that began.</param>
/// <param name="Pid">Its process.</param>
/// <param name="RestartOf">Pid of the process that an automatic restart replaces; unset otherwise.</param>
/// <param name="Automatic">
/// True when nobody is waiting for this start: subscribers are told of it. False when it answers a request: then the requester alone is told, by its
/// <see cref="EngineReply.Started"/>, and this event is for listeners to everything, such as an event log.
/// </param>
/// <param name="QueueWait">How long it waited for a pool; unset when it did not.</param>
/// <param name="At">When the process was started.</param>
public sealed record TaskStarted(string TaskId, string Action, RunId RunId, int Pid, int? RestartOf, bool Automatic, TimeSpan? QueueWait, DateTimeOffset At)
    : TaskEvent(TaskId, Action, At)
{
    /// <summary>Whose request, answered by <see cref="EngineReply.Queued"/> before, this start ends; unset otherwise.</summary>
    public RequestOrigin? Origin { get; init; }
}

/// <summary>A process of the task has exited.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="Action">Its action.</param>
/// <param name="RunId">The run that is over.</param>
/// <param name="Pid">Its process.</param>
/// <param name="ExitCode">Its exit code; -1 when a signal ended it.</param>
/// <param name="Signal">Name of that signal, such as <c>SIGKILL</c>; unset otherwise.</param>
/// <param name="Intentional">True when somebody had asked for the stop.</param>
/// <param name="At">When it exited.</param>
public sealed record TaskExited(string TaskId, string Action, RunId RunId, int Pid, int ExitCode, string? Signal, bool Intentional, DateTimeOffset At)
    : TaskEvent(TaskId, Action, At);

/// <summary>The task will be started again after a delay.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="Action">Its action.</param>
/// <param name="Pid">The process that exited.</param>
/// <param name="RestartDelay">Time until the next start.</param>
/// <param name="Attempt">1 for the first restart in the window.</param>
/// <param name="At">When it was decided.</param>
public sealed record TaskRestarting(string TaskId, string Action, int Pid, TimeSpan RestartDelay, int Attempt, DateTimeOffset At) : TaskEvent(TaskId, Action, At);

/// <summary>The task exited too often and was given up.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="Action">Its action.</param>
/// <param name="Pid">The process that exited last.</param>
/// <param name="ExitCount">Exits inside the window.</param>
/// <param name="At">When it was decided.</param>
public sealed record TaskErrored(string TaskId, string Action, int Pid, int ExitCount, DateTimeOffset At) : TaskEvent(TaskId, Action, At);

/// <summary>The task waits for room in a pool.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="Action">Its action.</param>
/// <param name="Position">Its place in the queue, starting at 1.</param>
/// <param name="Origin">Whose start it is: its connection gets the event with the id, every other one without.</param>
/// <param name="At">When it was queued.</param>
public sealed record TaskQueued(string TaskId, string Action, int Position, RequestOrigin? Origin, DateTimeOffset At) : TaskEvent(TaskId, Action, At);

/// <summary>The task left a queue, or the wait for a restart, without being started.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="Action">Its action.</param>
/// <param name="Reason">Why.</param>
/// <param name="At">When it left.</param>
public sealed record TaskDequeued(string TaskId, string Action, DequeueReason Reason, DateTimeOffset At) : TaskEvent(TaskId, Action, At);

/// <summary>A process that somebody else started has become a task.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="Pid">The process.</param>
/// <param name="At">When it was adopted.</param>
public sealed record TaskAdopted(string TaskId, int Pid, DateTimeOffset At) : TaskEvent(TaskId, Registry.AdoptedTask.ActionName, At);

/// <summary>An adopted process is dead.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="Pid">The process.</param>
/// <param name="ExitCode">Its exit code, -1 when a signal ended it; unset when it is not known, or not known yet.</param>
/// <param name="Signal">Name of that signal, such as <c>SIGKILL</c>.</param>
/// <param name="Intentional">True when somebody had asked for the stop.</param>
/// <param name="At">When that was noticed.</param>
public sealed record AdoptedExited(string TaskId, int Pid, int? ExitCode, string? Signal, bool Intentional, DateTimeOffset At)
    : TaskEvent(TaskId, Registry.AdoptedTask.ActionName, At);
