using System.Collections.Concurrent;
using Overseer.Protocols.V2;

namespace Overseer.Client;

// One receiving loop owns the connection: it hands answers to their requests and events to the watches, and connects again when the connection is lost.
//
// - Order is what the server sent: a watch that a start asks for is registered by the loop itself, at the moment the answer is read, so its first line cannot
//   slip past.
// - A watch whose reader is slow makes the loop stop reading; the server keeps the rest in the journal. While a request waits for its answer the loop goes on
//   (up to a limit), since a reader may well be the one who asks.

/// <summary>A connection to an Overseer server that mends itself. Thread-safe; dispose it to close it.</summary>
public sealed class OverseerClient : IAsyncDisposable
{
    private const int AwaitedAnswerFactor = 16;
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(1);

    private readonly OverseerClientOptions _options;
    private readonly PendingRequests _pending = new();
    private readonly ConcurrentDictionary<string, TaskWatch> _watches = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _closing = new();
    private readonly Reconnect _reconnect;
    private readonly Task _loop;
    private TaskCompletionSource<Connection> _connection = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? _stalled;

    private OverseerClient(OverseerEndpoint endpoint, OverseerClientOptions options, Connection first)
    {
        Endpoint = endpoint;
        _options = options;
        _reconnect = new Reconnect(endpoint, options);
        _connection.SetResult(first);
        _loop = Task.Run(() => RunAsync(first));
    }

    /// <summary>Where the server is.</summary>
    public OverseerEndpoint Endpoint { get; }

    /// <summary>Connects to a server.</summary>
    /// <exception cref="OverseerUnreachableException">There is none, it refuses, or it took longer than the options allow.</exception>
    public static async Task<OverseerClient> ConnectAsync(OverseerEndpoint endpoint, OverseerClientOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        options ??= new OverseerClientOptions();
        return new OverseerClient(endpoint, options, await Reconnect.OpenAsync(endpoint, options, cancellationToken));
    }

    /// <summary>Starts a task.</summary>
    /// <param name="start">What to start; its id is set by the client.</param>
    /// <param name="watch">Whether to watch it from its first line on.</param>
    /// <param name="cancellationToken">Ends the waiting; the start itself may have happened.</param>
    /// <exception cref="OverseerRequestException">The server refused it.</exception>
    /// <exception cref="OverseerConnectionLostException">It is not known whether it was started.</exception>
    public async Task<TaskStart> StartAsync(StartMessage start, bool watch, CancellationToken cancellationToken = default)
    {
        TaskWatch? opened = null;
        try
        {
            ServerMessage answer = await RequestAsync(start, OnAnswer, cancellationToken);
            return answer switch
            {
                StartedMessage started => new TaskStart(started.TaskId, started, null, opened),
                QueuedMessage queued => new TaskStart(queued.TaskId, null, queued, opened),
                _ => throw Unexpected(start, answer),
            };
        }
        catch when (opened is not null)
        {
            await opened.DisposeAsync();
            throw;
        }

        void OnAnswer(ServerMessage answer)
        {
            string? taskId = (answer as StartedMessage)?.TaskId ?? (answer as QueuedMessage)?.TaskId;
            if (!watch || taskId is null)
                return;
            opened = NewWatch(taskId, null, endsWithReplay: false);
            opened.TaskSeen = true;
            _watches[taskId] = opened;
        }
    }

    /// <summary>Stops a task and waits until it has ended.</summary>
    /// <returns>Its exit; null when it was not running but waiting for a start, which is cancelled.</returns>
    /// <param name="taskId">The task.</param>
    /// <param name="grace">Time between SIGTERM and SIGKILL; what the action says, when not given.</param>
    /// <param name="cancellationToken">Ends the waiting, not the stop.</param>
    /// <exception cref="OverseerRequestException">There is no such task, or it has ended.</exception>
    public async Task<ExitedMessage?> StopAsync(string taskId, TimeSpan? grace = null, CancellationToken cancellationToken = default)
    {
        await using TaskWatch watch = await WatchAsync(taskId, null, cancellationToken);
        // A stop has no answer but its event, and one only when it is refused.
        Connection connection = await ConnectedAsync(cancellationToken);
        var stop = new StopMessage(_pending.NextId()) { TaskId = taskId, Grace = grace };
        Task<ServerMessage> refusal = _pending.Expect(stop.Id, null);
        _ = refusal.ContinueWith(
            done => watch.Complete(done.Exception?.InnerException), CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        try
        {
            Resume();
            await connection.SendAsync(stop);
            await foreach (ServerMessage one in watch.WithCancellation(cancellationToken))
            {
                if (one is ExitedMessage exited)
                    return exited;
                if (one is DequeuedMessage)
                    return null;
            }
            throw new OverseerConnectionLostException("the client was closed while a task was being stopped");
        }
        finally
        {
            _pending.Forget(stop.Id);
        }
    }

    /// <summary>The server's tasks.</summary>
    /// <param name="filter">Which; all when not given.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task<IReadOnlyList<Protocols.V2.TaskInfo>> ListAsync(ListMessage? filter = null, CancellationToken cancellationToken = default)
        => (await RequestAsync<TasksMessage>(filter ?? new ListMessage(""), cancellationToken)).Tasks;

    /// <summary>The server's actions, or one of them.</summary>
    /// <param name="action">Its name; all when not given.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="OverseerRequestException">There is no such action.</exception>
    public async Task<IReadOnlyList<ActionInfo>> DescribeAsync(string? action = null, CancellationToken cancellationToken = default)
        => (await RequestAsync<ActionsMessage>(new DescribeMessage("") { Action = action }, cancellationToken)).Actions;

    /// <summary>Watches a task; it need not exist yet.</summary>
    /// <param name="taskId">The task. A client has at most one watch or replay of a task at a time.</param>
    /// <param name="fromSeq">The output to begin with, 1 for the whole journal; what comes from now on, when not given.</param>
    /// <param name="cancellationToken">Ends the waiting for the subscription.</param>
    /// <exception cref="InvalidOperationException">The task is being watched by this client already.</exception>
    public async Task<TaskWatch> WatchAsync(string taskId, long? fromSeq = null, CancellationToken cancellationToken = default)
    {
        TaskWatch watch = Register(NewWatch(taskId, fromSeq, endsWithReplay: false));
        try
        {
            await RequestAsync<SubscribedMessage>(new SubscribeMessage("") { TaskId = taskId, FromSeq = watch.SubscribeFrom }, cancellationToken);
            return watch;
        }
        catch
        {
            await watch.DisposeAsync();
            throw;
        }
    }

    /// <summary>Reads from a task's journal what is there now: outputs and exits, then the end.</summary>
    /// <param name="taskId">The task.</param>
    /// <param name="fromSeq">The output to begin with.</param>
    /// <param name="limit">At most that many events: the first ones with <paramref name="fromSeq"/>, else the newest. With neither: the last 100.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="OverseerRequestException">There is no such task.</exception>
    /// <exception cref="OverseerConnectionLostException">The connection was lost midway.</exception>
    public async IAsyncEnumerable<ServerMessage> ReplayAsync(
        string taskId, long? fromSeq = null, int? limit = null, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await using TaskWatch watch = Register(NewWatch(taskId, null, endsWithReplay: true));
        Task<ServerMessage> answer = RequestAsync(
            new ReplayMessage("") { TaskId = taskId, FromSeq = fromSeq, Limit = limit }, _ => watch.Complete(), cancellationToken, waitsForReader: true);
        _ = answer.ContinueWith(
            done => watch.Complete(done.Exception?.InnerException), CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        await foreach (ServerMessage one in watch.WithCancellation(cancellationToken))
            yield return one;
        await answer;
    }

    /// <summary>Closes the connection. Watches end, requests under way fail. Twice is harmless.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_closing.IsCancellationRequested)
            return;
        if (_connection.Task.IsCompletedSuccessfully)
            await (await _connection.Task).CloseAsync(ClosePatience, _options.Clock);
        await _closing.CancelAsync();
        Resume();
        await _loop;
        _closing.Dispose();
    }

    internal async Task EndWatchAsync(TaskWatch watch)
    {
        watch.Complete();
        if (!_watches.TryRemove(new KeyValuePair<string, TaskWatch>(watch.TaskId, watch)))
            return;
        Resume();
        if (watch.EndsWithReplay || _closing.IsCancellationRequested || !_connection.Task.IsCompletedSuccessfully)
            return;
        try
        {
            // Nobody needs the answer: what is under way is dropped, as no watch takes it.
            await (await _connection.Task).SendAsync(new UnsubscribeMessage(_pending.NextId()) { TaskId = watch.TaskId });
        }
        catch (OverseerConnectionLostException)
        {
            // then the subscription is gone as well
        }
    }

    private static InvalidDataException Unexpected(ClientMessage request, ServerMessage answer)
        => new($"the server answered {request.GetType().Name} with {answer.GetType().Name}");

    private TaskWatch NewWatch(string taskId, long? fromSeq, bool endsWithReplay) => new(this, taskId, fromSeq, endsWithReplay, Resume);

    private TaskWatch Register(TaskWatch watch)
        => _watches.TryAdd(watch.TaskId, watch) ? watch : throw new InvalidOperationException($"task {watch.TaskId} is being watched by this client already");

    private async Task<T> RequestAsync<T>(ClientMessage message, CancellationToken cancellation)
        where T : ServerMessage
        => await RequestAsync(message, null, cancellation) is T answer ? answer : throw new InvalidDataException($"the server gave no {typeof(T).Name}");

    private async Task<ServerMessage> RequestAsync(
        ClientMessage message, Action<ServerMessage>? onAnswer, CancellationToken cancellation, bool waitsForReader = false)
    {
        Connection connection = await ConnectedAsync(cancellation);
        ClientMessage request = message with { Id = _pending.NextId() };
        Task<ServerMessage> answer = _pending.Expect(request.Id, onAnswer);
        try
        {
            if (!waitsForReader)
                Resume();
            await connection.SendAsync(request);
            return waitsForReader
                ? await answer.WaitAsync(cancellation)
                : await answer.WaitAsync(_options.RequestTimeout, _options.Clock, cancellation);
        }
        finally
        {
            _pending.Forget(request.Id);
        }
    }

    private Task<Connection> ConnectedAsync(CancellationToken cancellation)
        => Volatile.Read(ref _connection).Task.WaitAsync(_options.RequestTimeout, _options.Clock, cancellation);

    private async Task RunAsync(Connection connection)
    {
        Exception end;
        while (true)
        {
            string reason = await ReceiveAllAsync(connection);
            connection.Dispose();
            if (_closing.IsCancellationRequested)
            {
                end = new OverseerConnectionLostException("the client was closed");
                break;
            }
            _connection = new TaskCompletionSource<Connection>(TaskCreationOptions.RunContinuationsAsynchronously);
            _pending.FailAll(new OverseerConnectionLostException($"{reason}; it is not known whether the request was carried out"));
            try
            {
                connection = await _reconnect.RunAsync(reason, _closing.Token);
            }
            catch (OperationCanceledException)
            {
                end = new OverseerConnectionLostException("the client was closed");
                break;
            }
            catch (OverseerUnreachableException failure)
            {
                end = failure;
                break;
            }
            _connection.SetResult(connection);
            await TakeUpAgainAsync(connection);
        }
        _connection.TrySetException(end);
        _ = _connection.Task.Exception; // nobody may be waiting
        _pending.FailAll(end);
        foreach (TaskWatch watch in _watches.Values)
            watch.Complete(_closing.IsCancellationRequested ? null : end);
    }

    private async Task<string> ReceiveAllAsync(Connection connection)
    {
        try
        {
            while (true)
            {
                (ReadOnlyMemory<byte>? bytes, string? reason) = await connection.ReceiveAsync(_closing.Token);
                if (bytes is null)
                    return reason!;
                ServerMessageResult result = ServerMessageReader.Read(bytes.Value);
                if (result.Error is { } error)
                    return $"the server sent something that is no message ({error})";
                if (result.Message is { } message && !_pending.TryComplete(message) && WatchOf(message) is { } watch)
                {
                    watch.Deliver(message);
                    await WaitForReaderAsync(watch);
                }
            }
        }
        catch (OperationCanceledException)
        {
            return "the client was closed";
        }
    }

    private TaskWatch? WatchOf(ServerMessage message)
    {
        string? taskId = message switch
        {
            OutputMessage one => one.TaskId,
            ExitedMessage one => one.TaskId,
            StartedMessage one => one.TaskId,
            RestartingMessage one => one.TaskId,
            ErroredMessage one => one.TaskId,
            DequeuedMessage one => one.TaskId,
            GapMessage one => one.TaskId,
            _ => null,
        };
        return taskId is not null && _watches.TryGetValue(taskId, out TaskWatch? watch) ? watch : null;
    }

    private async ValueTask WaitForReaderAsync(TaskWatch watch)
    {
        while (watch.Waiting >= _options.BufferedEvents && !_closing.IsCancellationRequested && _watches.ContainsKey(watch.TaskId))
        {
            var stalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref _stalled, stalled);
            bool answerAwaited = !_pending.IsEmpty && !watch.EndsWithReplay && watch.Waiting < (long)_options.BufferedEvents * AwaitedAnswerFactor;
            if (answerAwaited || watch.Waiting < _options.BufferedEvents || _closing.IsCancellationRequested)
                return;
            await stalled.Task;
        }
    }

    private void Resume() => Interlocked.Exchange(ref _stalled, null)?.TrySetResult();

    /// <summary>Subscribes anew what was being watched. The answers come through the loop, so they are not awaited here.</summary>
    private async Task TakeUpAgainAsync(Connection connection)
    {
        try
        {
            foreach (TaskWatch watch in _watches.Values)
            {
                if (watch.EndsWithReplay)
                    continue; // it failed with its request
                var subscribe = new SubscribeMessage(_pending.NextId()) { TaskId = watch.TaskId, FromSeq = watch.SubscribeFrom };
                OnFailure(_pending.Expect(subscribe.Id, null), watch.Complete);
                await connection.SendAsync(subscribe);
            }
            if (_watches.IsEmpty)
                return;
            var list = new ListMessage(_pending.NextId());
            OnFailure(_pending.Expect(list.Id, answer => FailLost(((TasksMessage)answer).Tasks)), static _ => { });
            await connection.SendAsync(list);
        }
        catch (OverseerConnectionLostException)
        {
            // the loop will see it as well, and start over
        }
    }

    private void FailLost(IReadOnlyList<Protocols.V2.TaskInfo> known)
    {
        var ids = known.Select(task => task.TaskId).ToHashSet(StringComparer.Ordinal);
        foreach (TaskWatch watch in _watches.Values)
        {
            if (watch.TaskSeen && !watch.EndsWithReplay && !ids.Contains(watch.TaskId))
                watch.Complete(new OverseerTaskLostException(watch.TaskId));
        }
    }

    private static void OnFailure(Task<ServerMessage> answer, Action<Exception> handle)
    {
        _ = answer.ContinueWith(
            done =>
            {
                // A lost connection is mended by the loop; only what the server says counts.
                if (done.Exception?.InnerException is OverseerRequestException refusal)
                    handle(refusal);
            },
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted,
            TaskScheduler.Default);
    }
}
