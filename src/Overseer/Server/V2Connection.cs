using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Overseer.Core.Pools;
using Overseer.Core.Tasks;
using Overseer.Lifecycle;
using Overseer.Protocols.Classic;
using Overseer.Protocols.V2;
using Overseer.Server.Audit;
using Overseer.Server.Channels;
using Overseer.Server.Limits;
using Overseer.Server.Trust;
using Overseer.Streams;
using Overseer.Supervision;

namespace Overseer.Server;

/// <summary>One client of the overseer protocol: reads requests one by one, hands them on, and lets its pump write.</summary>
internal sealed class V2Connection : IServedConnection, IRequester, ILifecycleFollower, IDisposable
{
    private readonly ProtocolProfile _profile;
    private readonly ConnectionPump _pump;
    private readonly Subscriptions _subscriptions;
    private readonly V2Requests _requests;
    private readonly LifecycleFeed _lifecycle;
    private readonly TaskView _view;
    private readonly RequestGate _permission;
    private readonly RequestAudit _audit;
    private readonly ServerLimits _limits;
    private readonly RequestRate _rate;
    private readonly SemaphoreSlim _startsLeft;
    private readonly ConcurrentDictionary<string, string> _attachedByStart = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _attachedWhileQueued = new(StringComparer.Ordinal);
    private readonly ConnectionLife _life;
    private readonly ILogger _log;
    private bool _listens;

    /// <summary>Wires a connection; <see cref="RunAsync"/> serves it.</summary>
    public V2Connection(long number, Visitor visitor, Caller caller, ProtocolProfile profile, IMessageChannel channel, ServerContext context)
    {
        Number = number;
        Visitor = visitor;
        Caller = caller;
        _profile = profile;
        Channel = channel;
        _limits = context.Limits;
        _log = context.Log;
        _rate = new RequestRate(_limits.MaxRequestsPerSecond, context.Clock);
        _startsLeft = new SemaphoreSlim(_limits.MaxPendingStarts);
        _pump = new ConnectionPump(channel.Frames, _limits.MaxQueuedBytes, profile, CursorFailed);
        _life = new ConnectionLife(number, channel, _pump, _log);
        _view = new TaskView(caller.Grant.ToReach(), context);
        _permission = new RequestGate(caller, _view, context);
        _audit = new RequestAudit(caller, number, context);
        _subscriptions = new Subscriptions(context.Streams, context.Supervisor.Engine, _view, _pump, _limits.MaxSubscriptions);
        _requests = new V2Requests(this, profile, context, _view, _subscriptions, _pump, _audit);
        _lifecycle = context.Lifecycle;
    }

    /// <inheritdoc/>
    public long Number { get; }

    /// <inheritdoc/>
    public Visitor Visitor { get; }

    /// <summary>Who it is.</summary>
    public Caller Caller { get; }

    /// <inheritdoc/>
    public bool IsLimited => _view.IsLimited;

    /// <inheritdoc/>
    public IMessageChannel Channel { get; }

    /// <summary>Listens to what a client of its protocol is told unasked. Not necessary, but for who may miss nothing before <see cref="RunAsync"/>.</summary>
    public void Listen()
    {
        if (_profile.IsClassic && !_listens)
        {
            _listens = true;
            _subscriptions.AddEverything();
        }
    }

    /// <inheritdoc/>
    public async Task RunAsync()
    {
        Listen();
        await _life.RunAsync(ReceiveAsync);
        _lifecycle.Leave(this);
        _subscriptions.Clear();
    }

    /// <inheritdoc/>
    public IRequester? Requester => this;

    /// <inheritdoc/>
    public string? ReasonToLeave(AccessControl access) => access.ReasonToLeave(Visitor, Caller);

    /// <inheritdoc/>
    public void Close(ChannelEnd end) => _life.Close(end);

    // The semaphore stays: an answer of the engine may still come and release it.
    public void Dispose()
    {
        // It may have listened and never run.
        _subscriptions.Clear();
        _life.Dispose();
    }

    /// <inheritdoc/>
    public void AttachStarter(string requestId, string taskId)
    {
        if (_subscriptions.Attach(taskId))
        {
            _attachedByStart[requestId] = taskId;
        }
    }

    /// <inheritdoc/>
    public void Answer(string requestId, EngineReply reply, bool late)
    {
        switch (reply)
        {
            case EngineReply.Queued queued:
                _requests.Ended(requestId, _startsLeft);
                if (_attachedByStart.TryRemove(requestId, out var waiting))
                {
                    _attachedWhileQueued[waiting] = requestId;
                }

                break;
            case EngineReply.Started { Event: var started } when late:
                _attachedWhileQueued.TryRemove(started.TaskId, out _);
                break;
            default:
                if (late)
                {
                    break;
                }

                _requests.Ended(requestId, _startsLeft);
                if (_attachedByStart.TryRemove(requestId, out var taskId) && reply is EngineReply.Failed)
                {
                    _subscriptions.Detach(taskId);
                }

                break;
        }

        if (!late)
        {
            _audit.Answered(requestId, reply);
        }

        Send(TaskMessages.ToMessage(_view.Of(reply), requestId));
    }

    /// <inheritdoc/>
    public void TaskStarting(TaskStatus task) => _subscriptions.Match(task);

    /// <inheritdoc/>
    public void TaskChanged(TaskStatus task) => _subscriptions.HideUnlessSeen(task);

    /// <inheritdoc/>
    public void TaskForgotten(string taskId) => _subscriptions.Forget(taskId);

    /// <inheritdoc/>
    public void Broadcast(TaskEvent happened, TaskStatus? task)
    {
        if (happened is TaskQueued { Origin.Connection: var sender } && sender == Number)
        {
            // Answered already, with the id of the start.
            return;
        }

        if (_view.Hears(task))
        {
            Send(TaskMessages.ToMessage(happened));
        }

        if (happened is TaskDequeued && _attachedWhileQueued.TryRemove(happened.TaskId, out _))
        {
            _subscriptions.Detach(happened.TaskId);
        }
    }

    /// <inheritdoc/>
    public void Tell(TaskEvent happened)
    {
        var answered = happened is TaskStarted { Origin.Connection: var sender } && sender == Number;
        if (!answered && _subscriptions.Has(happened.TaskId))
        {
            Send(TaskMessages.ToMessage(happened));
        }
    }

    /// <inheritdoc/>
    public void PoolChanged(PoolStatus status)
    {
        if (status.Action is not { } action || _view.SeesAction(action))
        {
            Send(new PoolUpdatedMessage { Action = status.Action, Pool = PoolMessages.ToInfo(_view.Of(status)) });
        }
    }

    /// <inheritdoc/>
    public bool Hears(LifecycleMessage message) => _view.Hears(message);

    /// <inheritdoc/>
    public bool TrySend(LifecycleMessage message) => Send(message);

    private bool Send(ServerMessage message)
    {
        if (_pump.Send(message))
        {
            return true;
        }

        if (!_life.HasEnd)
        {
            ServerLog.Overfull(_log, Number, _limits.MaxQueuedBytes);
            Close(ChannelEnd.Overfull(_limits.MaxQueuedBytes));
        }

        return false;
    }

    private void CursorFailed(StreamCursor cursor, Exception failure)
    {
        ServerLog.JournalUnreadable(_log, cursor.Stream.TaskId, failure);
        _subscriptions.Remove(cursor.Stream.TaskId, static () => { });
        Send(new ErrorMessage { Id = "", Message = $"the journal of task {cursor.Stream.TaskId} cannot be read, its subscription has ended: {failure.Message}" });
    }

    /// <summary>Handles requests until no more comes.</summary>
    private async Task ReceiveAsync()
    {
        await Task.Yield();
        try
        {
            while (await Channel.ReceiveAsync() is { } received)
            {
                if (_life.Closing.IsCancellationRequested)
                {
                    // We have said goodbye; only theirs still counts.
                    continue;
                }

                if (received.Problem is { } problem)
                {
                    Send(new ErrorMessage { Id = "", Message = problem });
                }
                else
                {
                    await HandleAsync(received.Utf8);
                }
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            ServerLog.Broke(_log, Number, e.Message);
        }
    }

    private async Task HandleAsync(ReadOnlyMemory<byte> utf8)
    {
        var result = ClientMessageReader.Read(utf8, _profile);
        if (result.Message is not { } message)
        {
            Send(result.Error!);
        }
        else if ((_rate.Take() ?? _permission.Refusal(message)) is { } refusal)
        {
            _audit.Refused(message, refusal);
            Send(new ErrorMessage { Id = message.Id, Message = refusal });
        }
        else
        {
            if (RequestGate.IsAudited(message))
            {
                _audit.Asked(message);
            }

            if (message is StartMessage)
            {
                await _startsLeft.WaitAsync(_life.Closing);
            }

            await _requests.WhenNumberedAsync(message).WaitAsync(_life.Closing);
            var answers = _requests.Handle(message, _startsLeft);
            await _requests.WhenStoredAsync(message);
            foreach (var answer in answers)
            {
                _audit.Answered(message.Id, answer);
                Send(answer);
            }
        }

        await _pump.Outbox.WhenRoomyAsync();
        await _pump.WhenFewReplaysAsync();
    }
}
