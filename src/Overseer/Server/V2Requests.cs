using Overseer.Core.Drivers;
using Overseer.Core.Tasks;
using Overseer.Core.Time;
using Overseer.Protocols.Classic;
using Overseer.Protocols.V2;
using Overseer.Registry;
using Overseer.Server.Audit;
using Overseer.Server.Trust;
using Overseer.Streams;

namespace Overseer.Server;

/// <summary>What each request of the overseer protocol does. Answers come back; those of the engine come later, through the connection.</summary>
internal sealed class V2Requests(
    V2Connection connection, ProtocolProfile profile, ServerContext context, TaskView view, Subscriptions subscriptions, ConnectionPump pump, RequestAudit audit)
{
    private const int DefaultReplayEvents = 100;
    private readonly TaskEngine _engine = context.Supervisor.Engine;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _starts = new(StringComparer.Ordinal);

    /// <summary>Handles one request. A start holds one of <paramref name="startsLeft"/> until it is answered.</summary>
    public IEnumerable<ServerMessage> Handle(ClientMessage message, SemaphoreSlim startsLeft)
    {
        switch (message)
        {
            case StartMessage start:
                return Start(start, startsLeft);
            case StopMessage stop:
                context.Supervisor.Post(new EngineCommand.StopTask(Origin(stop), stop.TaskId, stop.Pid, stop.Grace));
                return [];
            case ResetMessage reset when _engine.Find(reset.TaskId) is { Action: ActionCatalog.CommandName } task && context.Commands.Refusal(connection.Caller, task.Command) is { } refusal:
                return [Error(reset, refusal)];
            case ResetMessage reset:
                context.Supervisor.Post(new EngineCommand.ResetTask(Origin(reset), reset.TaskId));
                return [];
            case PoolInfoMessage info:
                context.Supervisor.Post(new EngineCommand.PoolInfo(Origin(info), info.Action));
                return [];
            case SetPoolMessage set:
                context.Supervisor.Post(new EngineCommand.SetPool(Origin(set), set.Action, PoolMessages.ToChange(set)));
                return [];
            case PurgeMessage purge:
                context.Supervisor.Post(new EngineCommand.Purge(Origin(purge), purge.Action));
                return [];
            case AdoptMessage or ForgetMessage or RenameLabelMessage:
                return context.Registry.Handle(message, Origin(message), answer => Later(message, answer));
            case InputMessage input:
                context.Input.Handle(input, answer => Later(input, answer));
                return [];
            case SignalMessage signal:
                return [context.Signals.Handle(signal)];
            case ListMessage list:
                return [List(list)];
            case MetricsMessage metrics:
                return [context.Metrics.Answers.To(metrics, view)];
            case ProcessesMessage processes:
                return [Processes(processes)];
            case SessionsMessage sessions:
                return [Sessions(sessions)];
            case DescribeMessage describe:
                return [Describe(describe)];
            case SubscribeMessage subscribe:
                return Subscribe(subscribe);
            case UnsubscribeMessage unsubscribe:
                Unsubscribe(unsubscribe);
                return [];
            case ReplayMessage replay:
                return Replay(replay);
            case ManifestMessage manifest:
                return [new ManifestResponse { Id = manifest.Id, Manifest = context.DocumentsFor(connection.Caller.Grant).Manifest }];
            case ReloadMessage reload:
                _ = ReloadAsync(reload);
                return [];
            default:
                return [Error(message, $"{message.GetType().Name} is not served by this version")];
        }
    }

    /// <summary>A request was answered: if it was a start, the next one may come.</summary>
    public void Ended(string requestId, SemaphoreSlim startsLeft)
    {
        lock (_gate)
        {
            if (!_starts.TryGetValue(requestId, out var count))
            {
                return;
            }

            if (count == 1)
            {
                _starts.Remove(requestId);
            }
            else
            {
                _starts[requestId] = count - 1;
            }
        }

        startsLeft.Release();
    }

    /// <summary>Completes when what an answer shows is stored: of those that are read beside the engine, the others come after that anyway.</summary>
    public Task WhenStoredAsync(ClientMessage message) => message is ListMessage or SessionsMessage ? context.Supervisor.WhenStoredAsync() : Task.CompletedTask;

    /// <summary>Completes when the lines are numbered that a request needs: a subscription or replay from a number on, of a task with an output filter that nobody has watched.</summary>
    public Task WhenNumberedAsync(ClientMessage message) => message switch
    {
        SubscribeMessage { TaskId: { } taskId, FromSeq: not null } when view.Sees(taskId) => context.Streams.NumberAsync(taskId),
        ReplayMessage replay when (replay.TaskId ?? _engine.FindByPid(replay.Pid ?? 0)?.TaskId) is { } taskId => context.Streams.NumberAsync(taskId),
        _ => Task.CompletedTask,
    };

    private static ErrorMessage Error(ClientMessage message, string text) => new() { Id = message.Id, Message = text };

    private RequestOrigin Origin(ClientMessage message) => new(connection.Number, message.Id) { Reach = view.Reach };

    private IEnumerable<ServerMessage> Start(StartMessage start, SemaphoreSlim startsLeft)
    {
        if (start.Action is null)
        {
            start = start with { Command = start.Command ?? context.Commands.Pinned };
            if (context.Commands.Refusal(connection.Caller, start.Command) is { } refusal)
            {
                startsLeft.Release();
                return [Error(start, refusal)];
            }
        }

        lock (_gate)
        {
            _starts[start.Id] = _starts.GetValueOrDefault(start.Id) + 1;
        }

        context.Supervisor.Post(new EngineCommand.StartTask(Origin(start), TaskMessages.ToRequest(start)));
        return [];
    }

    private async Task ReloadAsync(ReloadMessage reload)
    {
        var result = await context.ReloadAsync(connection.Caller.Name);
        Later(reload, new ReloadedMessage
        {
            Id = reload.Id,
            Applied = result.Applied,
            Changes = result.Changed,
            Restart = result.NeedsRestart,
            Errors = result.Errors,
            Warnings = result.Warnings,
        });
    }

    private ServerMessage List(ListMessage list)
    {
        if (profile.ListsWorkers)
        {
            return WorkerList.Answer(list, Seen(), context.Streams);
        }

        var filter = TaskMessages.ToFilter(list);
        return new TasksMessage { Id = list.Id, Tasks = [.. (view.IsLimited ? filter.Apply(Seen()) : _engine.List(filter)).Select(context.TaskInfos.Of)] };
    }

    private void Later(ClientMessage message, ServerMessage answer)
    {
        audit.Answered(message.Id, answer);
        pump.Send(answer);
    }

    private IReadOnlyList<TaskStatus> Seen() => view.IsLimited ? [.. _engine.Tasks.Where(view.Sees)] : _engine.Tasks;

    private ServerMessage Processes(ProcessesMessage request) => request.TaskId is { } taskId && _engine.Find(taskId) is null
        ? Error(request, "task not found")
        : context.Metrics.TaskProcesses.To(request, view.Sees);

    private ServerMessage Sessions(SessionsMessage request)
    {
        if (request.TaskId is not { } taskId)
        {
            return new SessionsResponse { Id = request.Id, Sessions = [.. context.SessionList.List(request.All).Where(session => view.Sees(session.TaskId))] };
        }

        return context.SessionList.Find(taskId) is { } found ? new SessionsResponse { Id = request.Id, Sessions = [found] } : Error(request, "task not found");
    }

    private ServerMessage Describe(DescribeMessage describe)
    {
        if (describe.Action is not { } name)
        {
            return new ActionsMessage { Id = describe.Id, Actions = [.. view.Actions.Select(TaskMessages.ToInfo)] };
        }

        return context.Actions.Find(name) is { } entry
            ? new ActionsMessage { Id = describe.Id, Actions = [TaskMessages.ToInfo(entry)] }
            : Error(describe, context.Actions.Refusal(name));
    }

    private IEnumerable<ServerMessage> Subscribe(SubscribeMessage subscribe)
    {
        if (subscribe.Lifecycle)
        {
            context.Lifecycle.Follow(connection, subscribe.Since, subscribe.After, (last, history, complete) =>
                pump.Send(new SubscribedMessage { Id = subscribe.Id, Lifecycle = true, Last = last, History = history, Complete = complete }));
            return [];
        }

        if (subscriptions.RefusalOf(subscribe.TaskId, subscribe.Tag, subscribe.Group) is { } full)
        {
            return [Error(subscribe, full)];
        }

        if (subscribe.TaskId is not { } taskId)
        {
            subscriptions.AddLabel(
                subscribe.Tag,
                subscribe.Group,
                () => pump.Send(new SubscribedMessage { Id = subscribe.Id, Tag = subscribe.Tag, Group = subscribe.Group }));
            return [];
        }

        try
        {
            subscriptions.Add(taskId, subscribe.FromSeq, (first, next) => Subscribed(subscribe, taskId, first, next));
            return [];
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return [Error(subscribe, $"the journal of task {taskId} cannot be read: {e.Message}")];
        }
    }

    private void Subscribed(SubscribeMessage subscribe, string taskId, long first, long next)
    {
        pump.Send(new SubscribedMessage { Id = subscribe.Id, TaskId = taskId, NextSeq = subscribe.FromSeq is null ? null : next });
        if (subscribe.FromSeq is { } from && first > from && from < next)
        {
            context.Metrics.Gaps.Rotated();
            pump.Send(new GapMessage { TaskId = taskId, FromSeq = from, ToSeq = first - 1, Reason = GapReason.Rotated });
        }
    }

    private void Unsubscribe(UnsubscribeMessage unsubscribe)
    {
        if (unsubscribe.Lifecycle)
        {
            context.Lifecycle.Leave(connection);
            Done();
        }
        else if (unsubscribe.TaskId is { } taskId)
        {
            subscriptions.Remove(taskId, Done);
        }
        else
        {
            subscriptions.RemoveLabel(unsubscribe.Tag, unsubscribe.Group, Done);
        }

        void Done() => pump.Send(new UnsubscribedMessage { Id = unsubscribe.Id, TaskId = unsubscribe.TaskId, Tag = unsubscribe.Tag, Group = unsubscribe.Group, Lifecycle = unsubscribe.Lifecycle });
    }

    private IEnumerable<ServerMessage> Replay(ReplayMessage replay)
    {
        var taskId = replay.TaskId ?? _engine.FindByPid(replay.Pid ?? 0)?.TaskId;
        if (taskId is not null && _engine.Find(taskId) is { Origin: TaskOrigin.Adopted } adopted)
        {
            return AdoptedHistory.Replay(replay, adopted);
        }

        if (taskId is null || context.Streams.Find(taskId) is not { } stream)
        {
            return [Error(replay, "task not found")];
        }

        try
        {
            var job = ReplayJob.Open(stream, new ReplayRequest(
                replay.FromSeq,
                replay.Limit ?? (replay.FromSeq is null ? DefaultReplayEvents : null),
                replay.Since is { } since ? UnixTime.ToNanoseconds(since) : null));
            if (job.FirstLeft is { } left)
            {
                context.Metrics.Gaps.Rotated();
                pump.Send(new GapMessage { TaskId = taskId, FromSeq = replay.FromSeq!.Value, ToSeq = left - 1, Reason = GapReason.Rotated });
            }

            pump.Replay(job, replay.Id, count => new ReplayedMessage { Id = replay.Id, TaskId = taskId, Count = count });
            return [];
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return [Error(replay, $"the journal of task {taskId} cannot be read: {e.Message}")];
        }
    }
}
