using System.Buffers;
using System.Collections.Concurrent;
using System.Net.WebSockets;
using Microsoft.Extensions.Logging;
using Overseer.Core.Pools;
using Overseer.Core.Tasks;
using Overseer.Lifecycle;
using Overseer.Protocols.V2;
using Overseer.Server.Trust;
using Overseer.Streams;
using Overseer.Supervision;

namespace Overseer.Server;

/// <summary>One WebSocket client of the overseer protocol: reads requests one by one, hands them on, and lets its pump write.</summary>
internal sealed class V2Connection : IRequester, ILifecycleFollower, IDisposable
{
    private const int FirstBufferBytes = 4096;
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ReplyTimeout = TimeSpan.FromSeconds(1);

    private readonly WebSocket _socket;
    private readonly FrameGate _gate;
    private readonly Action _abort;
    private readonly ConnectionPump _pump;
    private readonly Subscriptions _subscriptions;
    private readonly V2Requests _requests;
    private readonly LifecycleFeed _lifecycle;
    private readonly RequestGate _permission;
    private readonly ServerLimits _limits;
    private readonly SemaphoreSlim _startsLeft;
    private readonly ConcurrentDictionary<string, string> _attachedByStart = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _attachedWhileQueued = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _closing = new();
    private readonly TaskCompletionSource _toClose = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ILogger _log;

    /// <summary>Wires a connection; <see cref="RunAsync"/> serves it.</summary>
    public V2Connection(long number, Caller caller, WebSocket socket, FrameGate gate, Action abort, ServerContext context)
    {
        Number = number;
        Caller = caller;
        _socket = socket;
        _gate = gate;
        _abort = abort;
        _limits = context.Limits;
        _log = context.Log;
        _permission = context.Permission;
        _startsLeft = new SemaphoreSlim(_limits.MaxPendingStarts);
        _pump = new ConnectionPump(gate, _limits.MaxQueuedBytes, CursorFailed);
        _subscriptions = new Subscriptions(context.Streams, context.Supervisor.Engine, _pump, _limits.MaxSubscriptions);
        _requests = new V2Requests(number, context, _subscriptions, _pump, this);
        _lifecycle = context.Lifecycle;
    }

    /// <summary>The connection's number.</summary>
    public long Number { get; }

    /// <summary>Who it is.</summary>
    public Caller Caller { get; }

    /// <summary>The gate, for pings and signs of life.</summary>
    public FrameGate Gate => _gate;

    /// <summary>Serves the connection until either side ends it.</summary>
    public async Task RunAsync()
    {
        var pumping = PumpAsync();
        var receiving = ReceiveUntilEndAsync();
        await Task.WhenAny(receiving, _toClose.Task);
        await CloseAsync(pumping, receiving);
        _lifecycle.Leave(this);
        _subscriptions.Clear();
    }

    /// <summary>Ends the connection from our side, after what waits has been written.</summary>
    public void Close()
    {
        // Not Cancel: that would run what waits for it here and now, and whoever closes all connections holds a lock.
        _ = _closing.CancelAsync();
        _toClose.TrySetResult();
    }

    // The semaphore stays: an answer of the engine may still come and release it.
    public void Dispose() => _closing.Dispose();

    /// <summary>Drops the connection.</summary>
    public void Abort() => _abort();

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

        Send(TaskMessages.ToMessage(reply, requestId));
    }

    /// <inheritdoc/>
    public void TaskStarting(TaskStatus task) => _subscriptions.Match(task);

    /// <inheritdoc/>
    public void TaskForgotten(string taskId) => _subscriptions.Forget(taskId);

    /// <inheritdoc/>
    public void Broadcast(TaskEvent happened)
    {
        if (happened is TaskQueued { Origin.Connection: var sender } && sender == Number)
        {
            // Answered already, with the id of the start.
            return;
        }

        Send(TaskMessages.ToMessage(happened));
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
    public void PoolChanged(PoolStatus status) => Send(new PoolUpdatedMessage { Action = status.Action, Pool = PoolMessages.ToInfo(status) });

    /// <inheritdoc/>
    public bool TrySend(LifecycleMessage message) => Send(message);

    private bool Send(ServerMessage message)
    {
        if (_pump.Send(message))
        {
            return true;
        }

        ServerLog.Overfull(_log, Number, _limits.MaxQueuedBytes);
        _abort();
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
            _abort();
        }
    }

    /// <summary>Why no more is received; null when the connection is broken and nothing is left to be said.</summary>
    private async Task<(WebSocketCloseStatus Status, string? Reason)?> ReceiveUntilEndAsync()
    {
        await Task.Yield();
        try
        {
            return await ReceiveAsync();
        }
        catch (Exception e) when (e is WebSocketException or IOException or OperationCanceledException)
        {
            ServerLog.Broke(_log, Number, e.Message);
            return null;
        }
    }

    private async Task<(WebSocketCloseStatus Status, string? Reason)> ReceiveAsync()
    {
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBufferBytes);
        try
        {
            var length = 0;
            while (true)
            {
                var received = await _socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    return (WebSocketCloseStatus.NormalClosure, null);
                }

                if (_closing.IsCancellationRequested)
                {
                    // We have said goodbye; only theirs still counts.
                    continue;
                }

                length += received.Count;
                if (length > _limits.MaxMessageBytes)
                {
                    return (WebSocketCloseStatus.MessageTooBig, $"a message may have {_limits.MaxMessageBytes} bytes (limits.max_message_bytes)");
                }

                if (received.EndOfMessage)
                {
                    await HandleAsync(buffer.AsMemory(0, length));
                    length = 0;
                    if (buffer.Length > FirstBufferBytes * 16)
                    {
                        ArrayPool<byte>.Shared.Return(buffer);
                        buffer = ArrayPool<byte>.Shared.Rent(FirstBufferBytes);
                    }
                }
                else if (length == buffer.Length)
                {
                    var larger = ArrayPool<byte>.Shared.Rent(Math.Min(buffer.Length * 2, _limits.MaxMessageBytes + 1));
                    buffer.AsSpan(0, length).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task HandleAsync(ReadOnlyMemory<byte> utf8)
    {
        var result = ClientMessageReader.Read(utf8);
        if (result.Message is not { } message)
        {
            Send(result.Error!);
        }
        else if (_permission.Refusal(Caller, message) is { } refusal)
        {
            Send(new ErrorMessage { Id = message.Id, Message = refusal });
        }
        else
        {
            if (message is StartMessage)
            {
                await _startsLeft.WaitAsync(_closing.Token);
            }

            await _requests.WhenNumberedAsync(message).WaitAsync(_closing.Token);
            foreach (var answer in _requests.Handle(message, _startsLeft))
            {
                Send(answer);
            }
        }

        await _pump.Outbox.WhenRoomyAsync();
        await _pump.WhenFewReplaysAsync();
    }

    // Cancelling a receive, and disposing of the framework's socket, reset the connection: what was written last would be lost on its way,
    // the reason for the end with it. So the end is said, the client's own end awaited, and the rest is left to the HTTP server.
    private async Task CloseAsync(Task pumping, Task<(WebSocketCloseStatus Status, string? Reason)?> receiving)
    {
        var ours = _closing.IsCancellationRequested;
        _pump.Stop(drain: ours);
        try
        {
            await pumping.WaitAsync(CloseTimeout);
            if (_socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                var (status, reason) = ours ? (WebSocketCloseStatus.EndpointUnavailable, "the server is shutting down") : await receiving ?? (WebSocketCloseStatus.NormalClosure, null);
                await _socket.CloseOutputAsync(status, reason, CancellationToken.None).WaitAsync(CloseTimeout);
            }

            if (!receiving.IsCompleted)
            {
                await receiving.WaitAsync(ReplyTimeout);
            }
            else if (_socket.State is not WebSocketState.Closed)
            {
                await DiscardAsync();
            }
        }
        catch (Exception e) when (e is TimeoutException or WebSocketException or IOException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
        {
            ServerLog.Broke(_log, Number, e.Message);
        }

        if (!pumping.IsCompleted || !receiving.IsCompleted)
        {
            _abort();
            await Task.WhenAll(pumping, receiving);
        }
    }

    /// <summary>Reads, for a moment, what the client had sent before it learned the end: unread bytes would make the kernel reset the connection.</summary>
    private async Task DiscardAsync()
    {
        using var enough = new CancellationTokenSource(ReplyTimeout);
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBufferBytes);
        try
        {
            while (await _gate.ReadAsync(buffer, enough.Token) > 0)
            {
                // Nobody is interested.
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
