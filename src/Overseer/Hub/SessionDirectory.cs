using Overseer.Core.Drivers;
using Overseer.Core.Tasks;
using Overseer.Protocols.Hub;
using Overseer.Registry;

namespace Overseer.Hub;

/// <summary>
/// The sessions: opened by the first message of a container, found by its next ones, gone with their end. Each is a task, which the engine is asked to make. Thread-safe.
/// </summary>
internal sealed class SessionDirectory : IDisposable
{
    private const int MostTries = 50;
    private static readonly TimeSpan TryAgain = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan SettlePatience = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Session> _byContainer = new(StringComparer.Ordinal);
    private readonly Dictionary<RunId, Session> _byRun = [];
    private readonly CancellationTokenSource _ended = new();
    private readonly HubContext _hub;
    private readonly TaskEngine _engine;
    private readonly EngineCaller _caller;
    private readonly Func<int> _most;
    private readonly Func<TimeSpan> _timeout;

    /// <summary>Makes it; no session is open.</summary>
    /// <param name="hub">What they share.</param>
    /// <param name="engine">Knows all tasks.</param>
    /// <param name="caller">Asks the engine.</param>
    /// <param name="most">How many may be open.</param>
    /// <param name="timeout">How long one may be silent.</param>
    public SessionDirectory(HubContext hub, TaskEngine engine, EngineCaller caller, Func<int> most, Func<TimeSpan> timeout)
    {
        (_hub, _engine, _caller, _most, _timeout) = (hub, engine, caller, most, timeout);
    }

    /// <summary>How many are open.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return CountOpen_NeedsLock();
            }
        }
    }

    /// <summary>The session of a container, if one is open.</summary>
    public Session? Find(string containerId)
    {
        lock (_gate)
        {
            return _byContainer.TryGetValue(containerId, out var session) && session.Opened.IsCompletedSuccessfully && !session.HasEnded ? session : null;
        }
    }

    /// <summary>The session of a container, which is opened when there is none.</summary>
    /// <param name="containerId">The container.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async ValueTask<(Session? Session, HubError? Error)> OpenAsync(string containerId, CancellationToken cancellation)
    {
        for (var tries = 0; ; tries++)
        {
            if (Enter(containerId, out var isNew, out var session) is { } refusal)
            {
                return (null, refusal);
            }

            if (isNew)
            {
                _ = StartAsync(session!);
            }

            if (await session!.Opened.WaitAsync(cancellation) is { } error)
            {
                // Until everything is restored, the engine may know of a session that is not here yet.
                if (tries == MostTries || _engine.Find(containerId) is not { Origin: TaskOrigin.Session, Phase: not TaskPhase.Ended })
                {
                    return (null, error);
                }

                await Task.Delay(TryAgain, _hub.Clock, cancellation);
                continue;
            }

            if (!session.HasEnded)
            {
                return (session, null);
            }

            try
            {
                await session.Settled.WaitAsync(SettlePatience, _hub.Clock, cancellation);
            }
            catch (TimeoutException)
            {
                return (null, HubError.NotOpened("the end of the session before is not stored yet"));
            }
        }
    }

    /// <summary>A run begins: of a session that is being opened, or that an earlier server was opening.</summary>
    public void Begin(IHostedRun run)
    {
        var session = Take(run, out var isNew);
        Apart(session, () =>
        {
            session.Attach(run, status: null);
            run.Started(pid: 0, processStartTime: 0, _hub.Clock.GetUtcNow());
            HubLog.Opened(_hub.Log, session.ContainerId);
            if (isNew)
            {
                session.Open();
            }
        },
        problem =>
        {
            run.Failed(problem);
            if (isNew)
            {
                session.Fail(HubError.NotOpened(problem));
            }
        });
    }

    /// <summary>A session of an earlier server goes on: its container has as long as ever to be heard of again.</summary>
    public void Resume(IHostedRun run)
    {
        var session = Take(run, out _, resumed: true);
        Apart(session, () =>
        {
            session.Attach(run, _engine.Find(run.TaskId)?.Note);
            session.Open();
            session.EndAsSaid();
        },
        problem =>
        {
            HubLog.Ended(_hub.Log, session.ContainerId, problem);
            session.Fail(HubError.NotOpened(problem));
            run.Exited(-1, 0, _hub.Clock.GetUtcNow());
        });
    }

    /// <summary>Somebody wants a session to end.</summary>
    public void Signal(RunId run, int signal)
    {
        if (Find(run) is { } session)
        {
            // Its end is written: not on the engine's loop.
            ThreadPool.UnsafeQueueUserWorkItem(_ => session.Signal(signal), null);
        }
    }

    /// <summary>The end of a session is stored: its container may open another one.</summary>
    public void Settled(RunId run)
    {
        Session? session;
        lock (_gate)
        {
            if (!_byRun.Remove(run, out session))
            {
                return;
            }

            Forget_NeedsLock(session);
        }

        session.Settle();
    }

    /// <summary>The last number of a delivery to a container that is kept, whether a session is open or not.</summary>
    public long Delivered(string containerId, Guid id) =>
        Find(containerId) is { } session ? session.Delivered(id)
            : _engine.Find(containerId) is { Origin: TaskOrigin.Session } ? _hub.Deliveries.Of(containerId).Last(id) : 0;

    /// <summary>Whether the id of a container is that of a task which is none.</summary>
    public bool IsTaken(string containerId) => _engine.Find(containerId) is { Origin: not TaskOrigin.Session };

    /// <summary>Looks for those who were silent for too long.</summary>
    public void Look()
    {
        Session[] all;
        lock (_gate)
        {
            all = [.. _byContainer.Values];
        }

        var timeout = _timeout();
        foreach (var session in all)
        {
            session.Look(timeout);
        }
    }

    /// <summary>A task as the session that it is; null when it is none.</summary>
    public SessionView? Describe(TaskStatus task)
    {
        if (task.Origin != TaskOrigin.Session)
        {
            return null;
        }

        if (Find(task.TaskId) is { } open)
        {
            var (status, lastSeen, messages, producers) = open.View();
            return new SessionView(task.TaskId, IsOpen: true, status, task.CreatedAt, lastSeen, messages, ExitCode: null, producers);
        }

        return new SessionView(task.TaskId, IsOpen: task.Phase != TaskPhase.Ended, task.Note, task.CreatedAt, task.LastActivityAt, CountMessages(task.TaskId), task.LastExitCode, Producers: 0);
    }

    /// <summary>The server is about to end: whose connection ends now was sent away, and will come back.</summary>
    public void Leave() => _hub.IsClosing = true;

    /// <summary>The server ends, and the sessions do not.</summary>
    public void Dispose()
    {
        Leave();
        _ended.Cancel();
    }

    private long CountMessages(string taskId)
    {
        try
        {
            return Math.Max(0, (_hub.Streams.Find(taskId)?.End.NextLine ?? 1) - 1);
        }
        catch (IOException)
        {
            // Somebody has removed the journal.
            return 0;
        }
    }

    private HubError? Enter(string containerId, out bool isNew, out Session? session)
    {
        isNew = false;
        lock (_gate)
        {
            if (_byContainer.TryGetValue(containerId, out session))
            {
                return null;
            }

            if (IsTaken(containerId))
            {
                return HubError.IdTaken;
            }

            var most = _most();
            if (CountOpen_NeedsLock() >= most)
            {
                return HubError.TooManySessions(most);
            }

            isNew = true;
            _byContainer[containerId] = session = new Session(containerId, _hub);
            return null;
        }
    }

    private async Task StartAsync(Session session)
    {
        HubError error;
        try
        {
            var request = new StartRequest { TaskId = session.ContainerId, Action = ActionCatalog.SessionName };
            switch (await _caller.AskAsync(origin => new EngineCommand.StartTask(origin, request) { Foreign = true }, _ended.Token))
            {
                case EngineReply.Started:
                    session.Open();
                    return;
                case EngineReply.Failed failed:
                    error = HubError.NotOpened(failed.Message);
                    break;
                default:
                    error = HubError.NotOpened("internal error");
                    break;
            }
        }
        catch (OperationCanceledException)
        {
            error = HubError.NotOpened("the server is shutting down");
        }
        catch (Exception e)
        {
            HubLog.NotOpened(_hub.Log, session.ContainerId, e);
            error = HubError.NotOpened("internal error; the server's log has it");
        }

        lock (_gate)
        {
            if (session.IsResumed)
            {
                // It was refused since it is an earlier server's, which has come meanwhile.
                return;
            }

            Forget_NeedsLock(session);
        }

        session.Fail(error);
    }

    private Session Take(IHostedRun run, out bool isNew, bool resumed = false)
    {
        lock (_gate)
        {
            isNew = !_byContainer.TryGetValue(run.TaskId, out var session) || session.HasEnded;
            if (isNew)
            {
                _byContainer[run.TaskId] = session = new Session(run.TaskId, _hub);
            }

            session!.IsResumed |= resumed;
            _byRun[run.RunId] = session;
            return session;
        }
    }

    // Journals are read and written: not on the engine's loop.
    private void Apart(Session session, Action work, Action<string> failed) => ThreadPool.UnsafeQueueUserWorkItem(
        _ =>
        {
            try
            {
                work();
            }
            catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                lock (_gate)
                {
                    Forget_NeedsLock(session);
                }

                try
                {
                    failed(e.Message);
                }
                catch (IOException again)
                {
                    _hub.NotWritten(session.ContainerId, again.Message);
                }
            }
        },
        null);

    private Session? Find(RunId run)
    {
        lock (_gate)
        {
            return _byRun.GetValueOrDefault(run);
        }
    }

    private int CountOpen_NeedsLock() => _byContainer.Values.Count(session => !session.HasEnded);

    private void Forget_NeedsLock(Session session)
    {
        if (_byContainer.TryGetValue(session.ContainerId, out var known) && ReferenceEquals(known, session))
        {
            _byContainer.Remove(session.ContainerId);
        }
    }
}
