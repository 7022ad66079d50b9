using Microsoft.Extensions.Logging;
using Overseer.Configuration;
using Overseer.Streams;

namespace Overseer.EventLog;

/// <summary>
/// The log's thread: gathers and writes in turn. A thread of its own, since a disk that is stuck may hold it for hours, and nobody else then.
/// </summary>
internal sealed class LogPump : IDisposable
{
    private const int MostForgotten = 10_000;
    private static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReadAgain = TimeSpan.FromSeconds(10);

    // A little at a time costs more than all at once. What comes alone after a pause is written at once.
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(10);

    private readonly LogWriter _writer;
    private readonly LogGatherer _gatherer;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private readonly AutoResetEvent _news = new(false);
    private readonly AutoResetEvent _urgent = new(false);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Action> _deletions = [];
    private Queue<ForgottenTask> _forgotten = new();
    private RestReader? _rest;
    private int _told;
    private int _gapsLost;
    private bool _reopen;
    private EventLogOptions? _next;
    private volatile bool _stopping;
    private volatile bool _leaving;
    private volatile string? _problem;

    /// <summary>Wires the pump; <see cref="Start"/> begins.</summary>
    /// <param name="writer">The pump's, from now on.</param>
    /// <param name="gatherer">Makes the one that gathers, the pump's too, with what wakes the pump.</param>
    /// <param name="log">For what goes wrong.</param>
    public LogPump(LogWriter writer, Func<Action, LogGatherer> gatherer, ILogger log)
    {
        _writer = writer;
        _gatherer = gatherer(Wake);
        _log = log;
    }

    /// <summary>What is gathered. Belongs to the pump once it was started.</summary>
    public LogGatherer Gatherer => _gatherer;

    /// <summary>Why nothing can be written now; null when all is well.</summary>
    public string? Problem => _problem;

    /// <summary>Begins.</summary>
    public void Start() => new Thread(Run) { IsBackground = true, Name = "event log" }.Start();

    /// <summary>There may be something to do. Thread-safe, and cheap.</summary>
    public void Wake()
    {
        if (Interlocked.Exchange(ref _told, 1) == 0)
        {
            _news.Set();
        }
    }

    /// <summary>Somebody has moved the file: go on in the one that the path leads to, by other options if there are any.</summary>
    public void Reopen(EventLogOptions? options = null)
    {
        lock (_gate)
        {
            _reopen = true;
            _next = options ?? _next;
        }

        Hurry();
    }

    /// <summary>A task is known no more; its journal is deleted when the log has what is in it.</summary>
    public void Forget(ForgottenTask forgotten)
    {
        lock (_gate)
        {
            _forgotten.Enqueue(forgotten);
        }

        Wake();
    }

    /// <summary>Writes what there is, or only what is under way, and ends.</summary>
    /// <param name="everything">Whether to write all there is.</param>
    /// <param name="patience">How long at most.</param>
    /// <returns>Whether it ended in time, with nothing left.</returns>
    public async Task<bool> StopAsync(bool everything, TimeSpan patience)
    {
        _leaving |= !everything;
        _stopping = true;
        Hurry();
        try
        {
            await _ended.Task.WaitAsync(patience);
            return _problem is null;
        }
        catch (TimeoutException)
        {
            _leaving = true;
            Hurry();
            return false;
        }
    }

    /// <summary>Whether the thread has ended; while it has not, nothing of it may be disposed of.</summary>
    public bool HasEnded => _ended.Task.IsCompleted;

    /// <summary>After <see cref="HasEnded"/>, or without <see cref="Start"/>.</summary>
    public void Dispose()
    {
        _rest?.Dispose();
        _gatherer.Dispose();
        _writer.Dispose();
        _news.Dispose();
        _urgent.Dispose();
    }

    /// <summary>Writes what is gathered, as before the start; false: not now.</summary>
    public bool TryWrite()
    {
        if (_gatherer.Batch.IsEmpty)
        {
            return true;
        }

        if (_writer.TryWrite(_gatherer.Batch, _gatherer.Heard) is { } problem)
        {
            Stalled(problem);
            return false;
        }

        _gatherer.Written();
        _deletions.ForEach(static delete => delete());
        _deletions.Clear();
        if (_problem is not null)
        {
            _problem = null;
            EventLogMessages.Recovered(_log, _writer.Path);
            if (_gapsLost > 0)
            {
                EventLogMessages.GapsLost(_log, _gapsLost, _writer.Path);
                _gapsLost = 0;
            }
        }

        return true;
    }

    /// <summary>Takes what is left of forgotten tasks, as before the start: as much as can be written.</summary>
    public void TakeForgotten(IEnumerable<ForgottenTask> tasks)
    {
        foreach (var task in tasks)
        {
            _forgotten.Enqueue(task);
        }

        while (TryWrite() && TakeForgotten())
        {
            // One batch after the other.
        }
    }

    private void Hurry()
    {
        _urgent.Set();
        Interlocked.Exchange(ref _told, 1);
        _news.Set();
    }

    private void Run()
    {
        try
        {
            _gatherer.Tasks.LookForMore();
            while (Turn())
            {
                // As long as there is something to do, or will be.
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            _problem = $"it has failed: {e.Message}";
            EventLogMessages.Failed(_log, _writer.Path, e);
        }
        finally
        {
            _ended.TrySetResult();
        }
    }

    // False: the end.
    private bool Turn()
    {
        var reopened = Reopened();
        if (!TryWrite())
        {
            GiveUpForgotten();
            return !_stopping && Pause(TryAgain);
        }

        if (_leaving)
        {
            return false;
        }

        if (!TakeForgotten())
        {
            _gatherer.Gather();
        }

        var full = _gatherer.Batch.IsFull;
        if (!_gatherer.Batch.IsEmpty)
        {
            return !TryWrite() || full || _stopping || Pause(Linger);
        }

        if (_stopping && _gatherer.IsDrained)
        {
            return false;
        }

        if (!_news.WaitOne(!reopened ? TryAgain : _gatherer.Tasks.HasUnreadable ? ReadAgain : Timeout.InfiniteTimeSpan))
        {
            _gatherer.Tasks.FollowAgain();
        }

        Volatile.Write(ref _told, 0);
        return true;
    }

    private bool Pause(TimeSpan time)
    {
        _urgent.WaitOne(time);
        return true;
    }

    private bool Reopened()
    {
        lock (_gate)
        {
            if (!_reopen)
            {
                return true;
            }

            _reopen = false;
            if (_next is { } next)
            {
                _writer.Use(next);
                _next = null;
            }
        }

        if (_writer.TryReopen(_gatherer.Batch))
        {
            return true;
        }

        lock (_gate)
        {
            _reopen = true;
        }

        return false;
    }

    private void Stalled(string problem)
    {
        if (_problem is null)
        {
            EventLogMessages.Stalled(_log, _writer.Path, problem);
            _gatherer.Tasks.Rest();
        }

        _problem = $"{_writer.Path} cannot be written: {problem}";
    }

    // True: some of it is in the batch.
    private bool TakeForgotten()
    {
        var taken = false;
        while (!_gatherer.Batch.IsFull)
        {
            ForgottenTask? task;
            lock (_gate)
            {
                if (!_forgotten.TryPeek(out task))
                {
                    return taken;
                }
            }

            taken = true;
            if (!_gatherer.TakeForgotten(task, ref _rest))
            {
                return true;
            }

            _rest?.Dispose();
            _rest = null;
            lock (_gate)
            {
                _forgotten.Dequeue();
            }

            _deletions.Add(task.Delete);
        }

        return true;
    }

    // The log stands still: what retention wants gone must not wait for it.
    private void GiveUpForgotten()
    {
        lock (_gate)
        {
            if (_forgotten.Count == 0)
            {
                return;
            }

            _rest?.Dispose();
            _rest = null;
            var kept = new Queue<ForgottenTask>();
            foreach (var task in _forgotten)
            {
                var given = task.LostBefore is null ? task.GiveUp() : task;
                if (kept.Count < MostForgotten)
                {
                    kept.Enqueue(given);
                }
                else
                {
                    _gapsLost++;
                }
            }

            _forgotten = kept;
        }
    }
}
