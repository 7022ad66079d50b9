using System.Buffers;
using System.Collections.Concurrent;
using System.Net.WebSockets;
using Microsoft.Extensions.Logging;
using Overseer.Core.Tasks;
using Overseer.Protocols.V2;
using Overseer.Streams;
using Overseer.Supervision;

namespace Overseer.Server;

/// <summary>One WebSocket client of the overseer protocol: reads requests one by one, hands them on, and lets its pump write.</summary>
internal sealed class V2Connection : IRequester, IDisposable
{
    private const int FirstBufferBytes = 4096;
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);

    private readonly WebSocket _socket;
    private readonly FrameGate _gate;
    private readonly Action _abort;
    private readonly ConnectionPump _pump;
    private readonly Subscriptions _subscriptions;
    private readonly V2Requests _requests;
    private readonly ServerLimits _limits;
    private readonly SemaphoreSlim _startsLeft;
    private readonly ConcurrentDictionary<string, string> _attachedByStart = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _closing = new();
    private readonly ILogger _log;

    /// <summary>Wires a connection; <see cref="RunAsync"/> serves it.</summary>
    public V2Connection(long number, WebSocket socket, FrameGate gate, Action abort, ServerContext context)
    {
        Number = number;
        _socket = socket;
        _gate = gate;
        _abort = abort;
        _limits = context.Limits;
        _log = context.Log;
        _startsLeft = new SemaphoreSlim(_limits.MaxPendingStarts);
        _pump = new ConnectionPump(gate, _limits.MaxQueuedBytes, CursorFailed);
        _subscriptions = new Subscriptions(context.Streams, context.Supervisor.Engine, _pump, _limits.MaxSubscriptions);
        _requests = new V2Requests(number, context, _subscriptions, _pump);
    }

    /// <summary>The connection's number.</summary>
    public long Number { get; }

    /// <summary>The gate, for pings and signs of life.</summary>
    public FrameGate Gate => _gate;

    /// <summary>Serves the connection until either side ends it.</summary>
    public async Task RunAsync()
    {
        var pumping = PumpAsync();
        var status = WebSocketCloseStatus.NormalClosure;
        string? reason = null;
        try
        {
            (status, reason) = await ReceiveAsync();
        }
        catch (Exception e) when (e is WebSocketException or IOException or OperationCanceledException)
        {
            ServerLog.Broke(_log, Number, e.Message);
        }

        await CloseAsync(pumping, status, reason);
        _subscriptions.Clear();
    }

    /// <summary>Ends the connection from our side, after what waits has been written.</summary>
    public void Close() => _closing.Cancel();

    // The semaphore stays: an answer of the engine may still come and release it.
    public void Dispose() => _closing.Dispose();

    /// <summary>Drops the connection.</summary>
    public void Abort() => _abort();

    /// <inheritdoc/>
    public void AttachStarter(string requestId, string taskId)
    {
        if (_subscriptions.Has(taskId))
        {
            return;
        }

        _attachedByStart[requestId] = taskId;
        _subscriptions.Attach(taskId);
    }

    /// <inheritdoc/>
    public void Answer(string requestId, EngineReply reply)
    {
        var attached = _attachedByStart.TryRemove(requestId, out var taskId);
        _requests.Ended(requestId, _startsLeft);
        if (attached && reply is EngineReply.Failed)
        {
            _subscriptions.Remove(taskId!, static () => { });
        }

        Send(TaskMessages.ToMessage(reply, requestId));
    }

    /// <inheritdoc/>
    public void TaskStarting(TaskStatus task) => _subscriptions.Match(task);

    /// <inheritdoc/>
    public void TaskForgotten(string taskId) => _subscriptions.Forget(taskId);

    /// <inheritdoc/>
    public void Broadcast(TaskEvent happened) => Send(TaskMessages.ToMessage(happened));

    private void Send(ServerMessage message)
    {
        if (!_pump.Send(message))
        {
            ServerLog.Overfull(_log, Number, _limits.MaxQueuedBytes);
            _abort();
        }
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

    private async Task<(WebSocketCloseStatus Status, string? Reason)> ReceiveAsync()
    {
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBufferBytes);
        try
        {
            var length = 0;
            while (true)
            {
                var received = await _socket.ReceiveAsync(buffer.AsMemory(length), _closing.Token);
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    return (WebSocketCloseStatus.NormalClosure, null);
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
        else
        {
            if (message is StartMessage)
            {
                await _startsLeft.WaitAsync(_closing.Token);
            }

            foreach (var answer in _requests.Handle(message, _startsLeft))
            {
                Send(answer);
            }
        }

        await _pump.Outbox.WhenRoomyAsync();
    }

    private async Task CloseAsync(Task pumping, WebSocketCloseStatus status, string? reason)
    {
        var ours = _closing.IsCancellationRequested;
        _pump.Stop(drain: ours);
        try
        {
            await pumping.WaitAsync(CloseTimeout);
            if (_socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                var code = ours ? WebSocketCloseStatus.EndpointUnavailable : status;
                await _socket.CloseOutputAsync(code, ours ? "the server is shutting down" : reason, CancellationToken.None).WaitAsync(CloseTimeout);
            }
        }
        catch (Exception e) when (e is TimeoutException or WebSocketException or IOException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
        {
            ServerLog.Broke(_log, Number, e.Message);
        }

        if (!pumping.IsCompleted)
        {
            _abort();
            await pumping;
        }
    }
}
