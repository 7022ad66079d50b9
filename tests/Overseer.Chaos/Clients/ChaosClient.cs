using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Overseer.Chaos.Checks;
using Overseer.Chaos.Halves;

namespace Overseer.Chaos.Clients;

/// <summary>A client that comes back whenever it is cut off, resumes every task it watches, and checks everything it is told. Thread-safe.</summary>
/// <param name="overTcp">Over TCP, or over the server's UNIX socket.</param>
internal sealed class ChaosClient(string name, bool overTcp, ServerHalf server, ChaosPlaces places, Counters counters, Faults faults) : IAsyncDisposable
{
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<string, Watch> _watches = [];
    private readonly ConcurrentDictionary<string, TaskCompletionSource<JsonElement?>> _asked = [];
    private readonly ConcurrentDictionary<string, bool> _waiting = [];
    private readonly ConcurrentDictionary<string, bool> _dequeued = [];
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly CancellationTokenSource _end = new();
    private readonly Lock _gate = new();
    private ClientWebSocket? _socket;
    private ClientWebSocket? _ready;
    private Task _loop = Task.CompletedTask;
    private int _ids;

    internal string Name => name;

    internal void Begin() => _loop = Task.Run(RunAsync);

    /// <summary>Watches a task that this client starts itself: until it is cut off, the start subscribes it.</summary>
    internal void WatchOwn(Watch watch)
    {
        lock (_gate)
            _watches[watch.Token] = watch;
    }

    /// <summary>Watches a task from where the watch is.</summary>
    internal async Task WatchAsync(Watch watch)
    {
        ClientWebSocket? socket;
        lock (_gate)
        {
            _watches[watch.Token] = watch;
            socket = _socket;
        }
        if (socket is not null)
            await SubscribeAsync(socket, watch);
    }

    internal async Task UnwatchAsync(Watch watch)
    {
        _ = await AskAsync("unsubscribe", new JsonObject { ["task_id"] = watch.Token });
        _watches.TryRemove(watch.Token, out _);
    }

    /// <summary>Asks, as soon as there is a connection.</summary>
    /// <returns>The direct answer; null when the connection was lost before it came.</returns>
    internal async Task<JsonElement?> AskAsync(string type, JsonObject fields)
    {
        var socket = await ConnectedAsync();
        var id = NextId();
        var answer = new TaskCompletionSource<JsonElement?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked[id] = answer;
        fields["type"] = type;
        fields["id"] = id;
        if (!await SendAsync(socket, fields) || Volatile.Read(ref _ready) != socket)
            answer.TrySetResult(null);
        var result = await answer.Task;
        _asked.TryRemove(id, out _);
        return result;
    }

    /// <summary>Sends something that has no answer. False: it did not get out.</summary>
    internal async Task<bool> TellAsync(string type, JsonObject fields)
    {
        var socket = await ConnectedAsync();
        fields["type"] = type;
        fields["id"] = "-";
        return await SendAsync(socket, fields);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        Volatile.Read(ref _socket)?.Abort();
        await _loop;
        _sending.Dispose();
        _end.Dispose();
    }

    // A WebSocket that was aborted while it sent says that it was cancelled.
    private bool IsCutOff(Exception e) => e is OperationCanceledException && !_end.IsCancellationRequested;

    private string NextId() => Interlocked.Increment(ref _ids).ToString(CultureInfo.InvariantCulture);

    private async Task<ClientWebSocket> ConnectedAsync()
    {
        while (true)
        {
            _end.Token.ThrowIfCancellationRequested();
            if (Volatile.Read(ref _ready) is { } socket)
                return socket;
            await Task.Delay(Retry, _end.Token);
        }
    }

    private async Task RunAsync()
    {
        try
        {
            while (!_end.IsCancellationRequested)
            {
                if (await TryConnectAsync() is not { } socket)
                {
                    await Task.Delay(Retry, _end.Token);
                    continue;
                }
                using (socket)
                {
                    await ServeAsync(socket);
                    socket.Abort();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
        catch (Exception e)
        {
            faults.Add($"client {name}: {e}");
        }
    }

    private async Task ServeAsync(ClientWebSocket socket)
    {
        counters.Connected();
        List<Watch> watches;
        lock (_gate)
        {
            watches = [.. _watches.Values];
            foreach (var watch in watches)
                watch.Resume();
            _socket = socket;
        }
        var resuming = ResumeAsync(socket, watches);
        try
        {
            await ReceiveAsync(socket);
        }
        catch (Exception e) when (e is WebSocketException or IOException or ObjectDisposedException || IsCutOff(e))
        {
            // Cut off.
        }
        finally
        {
            lock (_gate)
                _socket = _ready = null;
            foreach (var answer in _asked.Values)
                answer.TrySetResult(null);
        }
        await resuming;
    }

    private async Task ResumeAsync(ClientWebSocket socket, List<Watch> watches)
    {
        foreach (var watch in watches)
            await SubscribeAsync(socket, watch);

        // A start that came before would begin its task's events where they are now.
        lock (_gate)
            _ready = _socket == socket ? socket : null;
    }

    private async Task SubscribeAsync(ClientWebSocket socket, Watch watch)
    {
        var from = watch.Resume();
        if (from > 1)
            counters.Resumed();
        await SendAsync(socket, new JsonObject { ["type"] = "subscribe", ["id"] = NextId(), ["task_id"] = watch.Token, ["from_seq"] = from });
    }

    private async Task ReceiveAsync(ClientWebSocket socket)
    {
        var message = new ArrayBufferWriter<byte>(64 * 1024);
        while (true)
        {
            message.ResetWrittenCount();
            ValueWebSocketReceiveResult received;
            do
            {
                received = await socket.ReceiveAsync(message.GetMemory(16 * 1024), _end.Token);
                message.Advance(received.Count);
            }
            while (!received.EndOfMessage);
            if (received.MessageType == WebSocketMessageType.Close)
                return;
            Take(message.WrittenMemory);
        }
    }

    private void Take(ReadOnlyMemory<byte> bytes)
    {
        using var document = JsonDocument.Parse(bytes);
        var message = document.RootElement;
        var type = message.GetProperty("type").GetString();
        try
        {
            switch (type)
            {
                case "output":
                    counters.Received();
                    WatchOf(message)?.OnOutput(message);
                    break;
                case "exited":
                    counters.Received();
                    WatchOf(message)?.OnExited(message);
                    break;
                case "restarting" or "errored":
                    counters.Received();
                    WatchOf(message)?.OnVerdict(message);
                    break;
                case "dequeued":
                    OnDequeued(message);
                    break;
                case "started" when message.GetProperty("id").GetString() == "":
                    WatchOf(message)?.OnStarted(message);
                    break;
                case "started" when _waiting.TryRemove(message.GetProperty("id").GetString()!, out _):
                    WatchOf(message)?.OnStartedLate(message);
                    break;
                case "queued" when message.GetProperty("id").GetString() == "":
                case "pool_updated":
                    break;
                case "started" or "queued" or "error" or "tasks" or "unsubscribed" or "pool_info" or "purged" or "accepted" when message.GetProperty("id").GetString() is { } id && _asked.TryGetValue(id, out var asked):
                    if (type == "queued")
                        _waiting[id] = true;
                    asked.TrySetResult(message.Clone());
                    break;
                case "subscribed" or "unsubscribed":
                    break;
                case "error" when message.GetProperty("id").GetString() == "-":
                    // A stop that came too late: somebody looks for the exit anyway.
                    break;
                default:
                    throw new CheckException($"an unexpected message: {message.GetRawText()}");
            }
        }
        catch (CheckException e)
        {
            faults.Add($"client {name}: {e.Message}");
        }
    }

    // A task with a limit has an id of its own for each start: it leaves the queue once.
    private void OnDequeued(JsonElement message)
    {
        var task = message.GetProperty("task_id").GetString()!;
        if (PoolSlot.IsPooled(task) && !_dequeued.TryAdd(task, true))
            throw new CheckException($"a second time: {message.GetRawText()}");
    }

    private Watch? WatchOf(JsonElement message) => _watches.GetValueOrDefault(message.GetProperty("task_id").GetString()!);

    private async Task<bool> SendAsync(ClientWebSocket socket, JsonObject message)
    {
        await _sending.WaitAsync(_end.Token);
        try
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text, endOfMessage: true, _end.Token);
            return true;
        }
        catch (Exception e) when (e is WebSocketException or IOException or ObjectDisposedException or InvalidOperationException || IsCutOff(e))
        {
            return false;
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task<ClientWebSocket?> TryConnectAsync()
    {
        var port = server.Port;
        if (port == 0)
            return null;
        var socket = new ClientWebSocket();
        try
        {
            using var invoker = new HttpMessageInvoker(new SocketsHttpHandler { ConnectCallback = (_, cancel) => OpenAsync(port, cancel) });
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
            limit.CancelAfter(ConnectLimit);
            await socket.ConnectAsync(new Uri("ws://localhost/ws"), invoker, limit.Token);
            return socket;
        }
        catch (Exception e) when (e is WebSocketException or SocketException or HttpRequestException or IOException or OperationCanceledException)
        {
            socket.Dispose();
            _end.Token.ThrowIfCancellationRequested();
            return null;
        }
    }

    private async ValueTask<Stream> OpenAsync(int port, CancellationToken cancel)
    {
        var socket = overTcp ? new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true } : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            if (overTcp)
                await socket.ConnectAsync(System.Net.IPAddress.Loopback, port, cancel);
            else
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(places.Runtime, "overseer.sock")), cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
