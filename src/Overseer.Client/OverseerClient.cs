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
public sealed partial class OverseerClient : IAsyncDisposable
{
    private const int AwaitedAnswerFactor = 16;
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(1);

    private readonly OverseerClientOptions _options;
    private readonly PendingRequests _pending = new();
    private readonly ConcurrentDictionary<string, TaskWatch> _watches = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, QueuedStart> _queuedStarts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<LifecycleWatch, bool> _lifecycles = new();
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

    /// <summary>
    /// A task left its queue, or its wait for a restart, without being started; of any client. Called on the receiving loop: a handler must neither wait nor throw.
    /// </summary>
    public event EventHandler<MessageEventArgs<DequeuedMessage>>? Dequeued;

    /// <summary>Somebody changed a pool. Called on the receiving loop: a handler must neither wait nor throw.</summary>
    public event EventHandler<MessageEventArgs<PoolUpdatedMessage>>? PoolUpdated;

    /// <summary>Connects to a server.</summary>
    /// <exception cref="OverseerUnreachableException">There is none, it refuses, or it took longer than the options allow.</exception>
    public static async Task<OverseerClient> ConnectAsync(OverseerEndpoint endpoint, OverseerClientOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        options ??= new OverseerClientOptions();
        return new OverseerClient(endpoint, options, await Reconnect.OpenAsync(endpoint, options, cancellationToken));
    }

    /// <summary>Starts a task. It may have to wait in a queue: then the answer is <see cref="TaskStart.Queued"/>, and <see cref="TaskStart.WhenStartedAsync"/> tells what becomes of it.</summary>
    /// <param name="start">What to start; its id is set by the client.</param>
    /// <param name="watch">Whether to watch it from its first line on.</param>
    /// <param name="cancellationToken">Ends the waiting; the start itself may have happened.</param>
    /// <exception cref="OverseerRequestException">The server refused it.</exception>
    /// <exception cref="OverseerConnectionLostException">It is not known whether it was started.</exception>
    public async Task<TaskStart> StartAsync(StartMessage start, bool watch, CancellationToken cancellationToken = default)
    {
        TaskWatch? opened = null;
        QueuedStart? later = null;
        try
        {
            ServerMessage answer = await RequestAsync(start, OnAnswer, cancellationToken);
            return answer switch
            {
                StartedMessage started => new TaskStart(started.TaskId, started, null, opened),
                QueuedMessage queued => new TaskStart(queued.TaskId, null, queued, opened) { Later = later },
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
            if (answer is QueuedMessage queued)
                _queuedStarts[queued.Id] = later = new QueuedStart(queued);
            if (!watch || taskId is null)
                return;
            opened = NewWatch(taskId, null, endsWithReplay: false);
            opened.TaskSeen = true;
            opened.Begin(answer);
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
            ExitedMessage? exit = null;
            await foreach (ServerMessage one in watch.WithCancellation(cancellationToken))
            {
                if (one is ExitedMessage exited)
                    exit = exited;
                if (one is DequeuedMessage)
                    return null;
            }
            return watch.Ending is null ? throw new OverseerConnectionLostException("the client was closed while a task was being stopped") : exit;
        }
        finally
        {
            _pending.Forget(stop.Id);
        }
    }

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
            await RequestAsync(new SubscribeMessage("") { TaskId = taskId, FromSeq = watch.SubscribeFrom }, watch.Begin, cancellationToken);
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

    /// <summary>Watches what happens to all tasks, without their output.</summary>
    /// <param name="since">Events of that time or later come first, as far as the server keeps them; none when not given.</param>
    /// <param name="cancellationToken">Ends the waiting for the subscription.</param>
    public async Task<LifecycleWatch> WatchLifecycleAsync(DateTimeOffset? since = null, CancellationToken cancellationToken = default)
    {
        var watch = new LifecycleWatch(this, Resume);
        _lifecycles[watch] = true;
        try
        {
            await RequestAsync(new SubscribeMessage("") { Lifecycle = true, Since = since }, answer => Begin(watch, answer), cancellationToken);
            return watch;
        }
        catch
        {
            await watch.DisposeAsync();
            throw;
        }
    }

    internal async Task EndWatchAsync(LifecycleWatch watch)
    {
        watch.Buffer.Complete();
        if (!_lifecycles.TryRemove(watch, out _))
            return;
        Resume();
        if (_lifecycles.IsEmpty)
            await SendQuietlyAsync(new UnsubscribeMessage(_pending.NextId()) { Lifecycle = true });
    }

    internal async Task EndWatchAsync(TaskWatch watch)
    {
        watch.Complete();
        if (!_watches.TryRemove(new KeyValuePair<string, TaskWatch>(watch.TaskId, watch)))
            return;
        Resume();
        if (!watch.EndsWithReplay)
            await SendQuietlyAsync(new UnsubscribeMessage(_pending.NextId()) { TaskId = watch.TaskId });
    }

    /// <summary>Sends the end of a subscription. Nobody needs the answer: what is under way is dropped, as no watch takes it.</summary>
    private async Task SendQuietlyAsync(UnsubscribeMessage message)
    {
        if (_closing.IsCancellationRequested || !_connection.Task.IsCompletedSuccessfully)
            return;
        try
        {
            await (await _connection.Task).SendAsync(message);
        }
        catch (OverseerConnectionLostException)
        {
            // then the subscription is gone as well
        }
    }

    /// <summary>How a task stands; null in place of one that is not known any more. False when it cannot be asked for: then the watch ends by itself.</summary>
    /// <param name="taskId">The task.</param>
    /// <param name="lastExit">An exit that it has had, which spares the server to list all tasks; null when none is known.</param>
    /// <param name="cancellation">Ends it.</param>
    internal async Task<(bool Asked, Protocols.V2.TaskInfo? Task)> AskForTaskAsync(string taskId, DateTimeOffset? lastExit, CancellationToken cancellation)
    {
        while (!_closing.IsCancellationRequested)
        {
            try
            {
                // No exit is older than itself, but times are cut on their way.
                var asked = new ListMessage("") { Since = lastExit - Slack };
                return (true, (await ListAsync(asked, cancellation)).FirstOrDefault(task => task.TaskId == taskId));
            }
            catch (OverseerConnectionLostException)
            {
                await Task.Yield(); // over the next connection
            }
            catch (OverseerUnreachableException)
            {
                break;
            }
        }
        return (false, null);
    }

    /// <summary>Sends a request and gives its answer.</summary>
    internal Task<ServerMessage> AskAsync(ClientMessage message) => RequestAsync(message, null, CancellationToken.None);

    private static void Begin(LifecycleWatch watch, ServerMessage answer)
    {
        if (answer is SubscribedMessage subscribed)
            watch.Begin(subscribed);
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
        ClientMessage message, Action<ServerMessage>? onAnswer, CancellationToken cancellation, bool waitsForReader = false, bool waitsForTask = false)
    {
        Connection connection = await ConnectedAsync(cancellation);
        ClientMessage request = message with { Id = _pending.NextId() };
        Task<ServerMessage> answer = _pending.Expect(request.Id, onAnswer);
        try
        {
            if (!waitsForReader)
                Resume();
            await connection.SendAsync(request);
            return waitsForReader || waitsForTask
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
}
