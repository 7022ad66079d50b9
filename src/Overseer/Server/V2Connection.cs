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
internal sealed class V2Connection : IRequester, ILifecycleFollower, IDisposable
{
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);

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
    private readonly CancellationTokenSource _closing = new();
    private readonly TaskCompletionSource _toClose = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ChannelEnd? _end;
    private readonly ILogger _log;

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
        _view = new TaskView(caller.Grant.ToReach(), context);
        _permission = new RequestGate(caller, _view, context);
        _audit = new RequestAudit(caller, number, context);
        _subscriptions = new Subscriptions(context.Streams, context.Supervisor.Engine, _view, _pump, _limits.MaxSubscriptions);
        _requests = new V2Requests(this, profile, context, _view, _subscriptions, _pump, _audit);
        _lifecycle = context.Lifecycle;
    }

    /// <summary>The connection's number.</summary>
    public long Number { get; }

    /// <summary>How it came in.</summary>
    public Visitor Visitor { get; }

    /// <summary>Who it is.</summary>
    public Caller Caller { get; }

    /// <inheritdoc/>
    public bool IsLimited => _view.IsLimited;

    /// <summary>What carries its messages.</summary>
    public IMessageChannel Channel { get; }

    /// <summary>Serves the connection until either side ends it.</summary>
    public async Task RunAsync()
    {
        if (_profile.IsClassic)
        {
            _subscriptions.AddEverything();
        }

        var pumping = PumpAsync();
        var receiving = ReceiveAsync();
        await Task.WhenAny(receiving, _toClose.Task);
        await CloseAsync(pumping, receiving);
        _lifecycle.Leave(this);
        _subscriptions.Clear();
    }

    /// <summary>Ends the connection from our side.</summary>
    public void Close(ChannelEnd end)
    {
        Interlocked.CompareExchange(ref _end, end, comparand: null);
        // Not Cancel: that would run what waits for it here and now, and whoever closes all connections holds a lock.
        _ = _closing.CancelAsync();
        _toClose.TrySetResult();
    }

    // The semaphore stays: an answer of the engine may still come and release it.
    public void Dispose() => _closing.Dispose();

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

        if (Volatile.Read(ref _end) is null)
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

    private async Task PumpAsync()
    {
        await Task.Yield();
        try
        {
            await _pump.RunAsync();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            ServerLog.Broke(_log, Number, e.Message);
            Channel.Abort();
        }
    }

    /// <summary>Handles requests until no more comes.</summary>
    private async Task ReceiveAsync()
    {
        await Task.Yield();
        try
        {
            while (await Channel.ReceiveAsync() is { } received)
            {
                if (_closing.IsCancellationRequested)
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
                await _startsLeft.WaitAsync(_closing.Token);
            }

            await _requests.WhenNumberedAsync(message).WaitAsync(_closing.Token);
            foreach (var answer in _requests.Handle(message, _startsLeft))
            {
                _audit.Answered(message.Id, answer);
                Send(answer);
            }
        }

        await _pump.Outbox.WhenRoomyAsync();
        await _pump.WhenFewReplaysAsync();
    }

    private async Task CloseAsync(Task pumping, Task receiving)
    {
        var end = Volatile.Read(ref _end);
        _pump.Stop(drain: end is { Drain: true });
        try
        {
            await pumping.WaitAsync(CloseTimeout);
            await Channel.EndAsync(end, receiving);
        }
        catch (Exception e) when (e is TimeoutException or IOException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
        {
            ServerLog.Broke(_log, Number, e.Message);
        }

        if (!pumping.IsCompleted || !receiving.IsCompleted)
        {
            Channel.Abort();
            await Task.WhenAll(pumping, receiving);
        }
    }
}
