using Overseer.Core.Drivers;
using Overseer.Core.Pools;
using Overseer.Core.Tasks;
using TaskStatus = Overseer.Core.Tasks.TaskStatus;

namespace Overseer.Protocols.V2;

/// <summary>What the engine knows and says, as messages.</summary>
public static class TaskMessages
{
    /// <summary>What <c>exited</c> says when nobody knows: a code is never left out, as many clients would read that as 0.</summary>
    private const int UnknownExitCode = -1;

    /// <summary>A task's line in <c>tasks</c>.</summary>
    public static TaskInfo ToInfo(TaskStatus status) => new()
    {
        TaskId = status.TaskId,
        Number = status.Number,
        Action = status.Action,
        Origin = status.Origin,
        Name = status.Name,
        Tags = status.Tags.Count > 0 ? status.Tags : null,
        Groups = status.Groups.Count > 0 ? status.Groups : null,
        Params = status.Params,
        Command = status.Command,
        Args = status.Args,
        QueuedAt = status.QueuedAt,
        State = status.State,
        RetryPolicy = status.RetryPolicy,
        CurrentPid = status.CurrentPid,
        WorkerState = status.WorkerState,
        RestartCount = status.RestartCount,
        CreatedAt = status.CreatedAt,
        LastStartedAt = status.LastStartedAt,
        LastExitedAt = status.LastExitedAt,
        LastExitCode = status.LastExitCode,
        LastSignal = status.LastSignal,
        ErrorMessage = status.ErrorMessage,
        Note = status.Note,
    };

    /// <summary>An event as its message.</summary>
    /// <param name="occurred">The event.</param>
    /// <param name="id">For <c>started</c> and <c>queued</c>: the request's id for the connection that sent it, else empty.</param>
    /// <exception cref="ArgumentException">The event is of a kind that has no message.</exception>
    public static ServerMessage ToMessage(TaskEvent occurred, string id = "") => occurred switch
    {
        TaskStarted e => new StartedMessage { TaskId = e.TaskId, Pid = e.Pid, RestartOf = e.RestartOf, Ts = e.At, Id = id },
        TaskExited e => new ExitedMessage { TaskId = e.TaskId, Pid = e.Pid, ExitCode = e.ExitCode, Signal = e.Signal, Intentional = e.Intentional, Ts = e.At },
        TaskRestarting e => new RestartingMessage { TaskId = e.TaskId, Pid = e.Pid, RestartDelay = e.RestartDelay, Attempt = e.Attempt, Ts = e.At },
        TaskErrored e => new ErroredMessage { TaskId = e.TaskId, Pid = e.Pid, ExitCount = e.ExitCount, Ts = e.At },
        TaskQueued e => new QueuedMessage { TaskId = e.TaskId, Action = e.Action, Position = e.Position, Ts = e.At, Id = id },
        TaskAdopted e => new StartedMessage { TaskId = e.TaskId, Pid = e.Pid, Ts = e.At, Id = id },
        AdoptedExited e => new ExitedMessage { TaskId = e.TaskId, Pid = e.Pid, ExitCode = e.ExitCode ?? UnknownExitCode, Signal = e.Signal, Intentional = e.Intentional, Ts = e.At },
        TaskDequeued e => new DequeuedMessage { TaskId = e.TaskId, Reason = e.Reason, Ts = e.At },
        _ => throw new ArgumentException($"{occurred.GetType().Name} has no message", nameof(occurred)),
    };

    /// <summary>The answer to a request of the engine's.</summary>
    public static ServerMessage ToMessage(EngineReply reply, string id) => reply switch
    {
        EngineReply.Started started => ToMessage(started.Event, id),
        EngineReply.Queued queued => ToMessage(queued.Event, id),
        EngineReply.Pool pool => new PoolInfoResponse { Action = pool.Status.Action, Pool = PoolMessages.ToInfo(pool.Status), Id = id },
        EngineReply.Purged purged => new PurgedMessage { Action = purged.Action, Count = purged.Count, Id = id },
        EngineReply.Adopted adopted => new AdoptedMessage { Task = ToInfo(adopted.Task), Id = id },
        EngineReply.AlreadyKnown known => new ErrorMessage { Id = id, Message = $"pid {known.Task.CurrentPid} already registered as id {known.Task.Number}", ExistingTaskId = known.Task.TaskId },
        EngineReply.Removed removed => new ForgottenMessage { TaskId = removed.Task.TaskId, Id = id },
        EngineReply.Renamed renamed => new RenamedMessage { Count = renamed.Count, Id = id },
        EngineReply.Survived survived => new ErrorMessage { Id = id, Message = survived.Message },
        EngineReply.NotStored lost => new ErrorMessage { Id = id, Message = lost.Message },
        EngineReply.Failed failed => new ErrorMessage { Id = id, Message = failed.Message, ExistingTaskId = failed.ExistingTaskId },
        _ => throw new ArgumentException($"{reply.GetType().Name} has no message", nameof(reply)),
    };

    /// <summary>An action's line in <c>actions</c>.</summary>
    public static ActionInfo ToInfo(ActionEntry entry) => new()
    {
        Name = entry.Definition.Name,
        Type = entry.Definition.Type,
        Description = entry.Definition.Description,
        Params = entry.Action.Parameters.ToDictionary(p => p.Key, p => p.Value is { } spec ? ToInfo(spec) : null!, StringComparer.Ordinal),
        TaskPool = PoolMessages.ToConfig(entry.Definition.Pool),
        Retry = entry.Definition.Retry ?? RetryPolicy.Empty,
        DedupeKey = entry.Definition.DedupeKey.Count > 0 ? entry.Definition.DedupeKey : null,
    };

    /// <summary>What a start asks of the engine.</summary>
    /// <exception cref="ArgumentException">The message names neither an action nor a command.</exception>
    public static StartRequest ToRequest(StartMessage message) => new()
    {
        Action = message.Action ?? (message.Command is null ? throw new ArgumentException("the message names neither an action nor a command", nameof(message)) : ActionCatalog.CommandName),
        Command = message.Command,
        Args = message.Args,
        TaskId = message.TaskId,
        Params = message.Params,
        RetryPolicy = message.RetryPolicy,
        Force = message.Force,
        Name = message.Name,
        Tags = message.Tags,
        Groups = message.Groups,
    };

    /// <summary>Which tasks a list asks for.</summary>
    public static TaskFilter ToFilter(ListMessage message) => new()
    {
        Since = message.Since,
        Origin = message.Origin,
        Name = message.Name,
        Action = message.Action,
        State = message.State,
        Tag = message.Tag,
        Group = message.Group,
        Limit = message.Limit,
        After = message.After,
    };

    private static ParameterInfo ToInfo(ParameterSpec spec) => new()
    {
        Default = spec.Secret && spec.Default is not null ? "***" : spec.Default,
        Validate = spec.Validate,
        Description = spec.Description,
        Enum = spec.Enum,
        Secret = spec.Secret,
    };
}
