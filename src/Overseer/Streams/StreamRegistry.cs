using System.Collections.Concurrent;
using Overseer.Core.Drivers;
using Overseer.Core.Tasks.Storage;
using Overseer.Recorder.Journal;
using Overseer.Streams.Forms;
using Overseer.Streams.SeqIndex;

namespace Overseer.Streams;

/// <summary>
/// The streams of all tasks, by task id and by journal. A task that does not exist yet may be watched too: its stream is there as long
/// as somebody watches. Thread-safe.
/// </summary>
/// <param name="journalRoot">Where the journals lie.</param>
/// <param name="options">The bounds.</param>
/// <param name="outputFilters">The filters of the actions; none when there are none.</param>
internal sealed class StreamRegistry(string journalRoot, StreamOptions options, OutputFilters? outputFilters = null)
{
    private readonly OutputFilters _filters = outputFilters ?? new OutputFilters([]);
    private RememberedFilters _remembered = RememberedFilters.Load(journalRoot);
    private readonly CatchUpLane _catchUps = new();
    private readonly FrameBudget _budget = new(options.TotalBytes);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, TaskStream> _byTask = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Guid, TaskStream> _byJournal = new();
    private readonly Dictionary<string, Guid> _journals = new(StringComparer.Ordinal);

    /// <summary>Told whenever some journal has begun a segment: there may be something to delete. Must not block. Set before the first announcement.</summary>
    public Action? SegmentBegan { get; set; }

    /// <summary>Told how much came into a journal. Must not block. Set before the first announcement.</summary>
    public Action<Guid, JournalGrowth>? Grew { get; set; }

    /// <summary>The action that a task was last started from. Set before the first task.</summary>
    public Func<string, string?> ActionOf { get; set; } = static _ => null;

    /// <summary>Where a journal lies.</summary>
    public string DirectoryOf(Guid journal) => Path.Combine(journalRoot, journal.ToString("N"));

    /// <summary>The task exists, with this journal. Doing it twice is harmless.</summary>
    public TaskStream Bind(string taskId, Guid journal)
    {
        TaskStream stream;
        lock (_gate)
        {
            stream = GetOrAdd_NeedsLock(taskId);
            if (!_journals.TryGetValue(taskId, out var known) || known != journal)
            {
                _journals[taskId] = journal;
                _byJournal.TryRemove(known, out _);
                _byJournal[journal] = stream;
            }
        }

        var action = ActionOf(taskId);
        stream.Bind(DirectoryOf(journal), default, _filters.Find(action), IsSession(action));
        return stream;
    }

    /// <summary>The task exists since an earlier server's time, with this journal and these runs. Before anybody joins.</summary>
    public void Restore(string taskId, Guid journal, IReadOnlyCollection<RunRecord> runs, string? action = null)
    {
        var filter = _filters.Find(action);
        lock (_gate)
        {
            var stream = GetOrAdd_NeedsLock(taskId);
            _journals[taskId] = journal;
            _byJournal[journal] = stream;
            stream.Restore(DirectoryOf(journal), mayBeMissing: !runs.Any(run => run.HasStarted), filter, FilterBefore(journal, action, filter), IsSession(action));
            foreach (var run in runs)
            {
                stream.Restore(run);
            }
        }
    }

    /// <summary>All tasks are restored: what filters they have is remembered for the next server.</summary>
    /// <exception cref="IOException">It cannot be written down.</exception>
    public void RememberFilters() => _remembered = _remembered.Replace(journalRoot, _filters);

    /// <summary>The actions have other filters now: they hold for every task that is bound from here on. On the thread that binds.</summary>
    /// <returns>The actions whose filter is another; their tasks get it by <see cref="Refilter"/>.</returns>
    public IReadOnlySet<string> ReplaceFilters(ActionCatalog actions) => _filters.Replace(OutputFilters.Of(actions));

    /// <summary>The lines of a task that come from now on are judged by the filter that its action has.</summary>
    public void Refilter(string taskId)
    {
        if (Find(taskId) is { } stream && ActionOf(taskId) is { } action)
        {
            stream.Refilter(_filters.Find(action));
        }
    }

    /// <summary>The task is known no more.</summary>
    public void Forget(string taskId)
    {
        lock (_gate)
        {
            if (!_byTask.TryGetValue(taskId, out var stream))
            {
                return;
            }

            if (_journals.Remove(taskId, out var journal))
            {
                _byJournal.TryRemove(journal, out _);
            }

            stream.Unbind();
            Sweep_NeedsLock(stream);
        }
    }

    /// <summary>The stream of a task that exists.</summary>
    public TaskStream? Find(string taskId)
    {
        lock (_gate)
        {
            return _journals.ContainsKey(taskId) ? _byTask[taskId] : null;
        }
    }

    /// <summary>The recorder has announced more of a journal.</summary>
    public void Announce(Guid journal, in JournalEnd end)
    {
        if (_byJournal.TryGetValue(journal, out var stream) && stream.Announce(end))
        {
            SegmentBegan?.Invoke();
        }
    }

    /// <summary>The task whose journal this is.</summary>
    public string? TaskOf(Guid journal) => _byJournal.TryGetValue(journal, out var stream) ? stream.TaskId : null;

    /// <summary>How far all who read are behind. Looks at every task once.</summary>
    public StreamLoad Load()
    {
        TaskStream[] streams;
        lock (_gate)
        {
            streams = [.. _byTask.Values];
        }

        var load = new StreamLoad();
        foreach (var stream in streams)
        {
            stream.AddTo(load);
        }

        return load;
    }

    /// <summary>How far a journal goes, as far as is known: its segment is 0 when it is not.</summary>
    public JournalEnd EndOf(Guid journal) => _byJournal.TryGetValue(journal, out var stream) ? stream.KnownEnd : default;

    /// <summary>Adds a cursor to a task's stream; the task need not exist.</summary>
    public (StreamCursor Cursor, long First, long Next) Join(string taskId, IStreamListener listener, long? fromSeq, StreamForm form = StreamForm.V2)
    {
        TaskStream stream;
        lock (_gate)
        {
            stream = GetOrAdd_NeedsLock(taskId);
            if (!_journals.ContainsKey(taskId))
            {
                return stream.As(form).Join(listener, fromSeq);
            }
        }

        var joined = stream.As(form).Join(listener, fromSeq);
        lock (_gate)
        {
            // The task may have been forgotten while the journal was opened; its stream must still be found when the id comes back.
            _byTask.TryAdd(taskId, stream);
        }

        return joined;
    }

    /// <summary>Adds a cursor that costs next to nothing until there is news, see <see cref="TaskStream.JoinLater"/>; null when that cannot be.</summary>
    public StreamCursor? JoinLater(string taskId, IStreamListener listener)
    {
        lock (_gate)
        {
            return _journals.ContainsKey(taskId) ? _byTask[taskId].JoinLater(listener) : null;
        }
    }

    /// <summary>The process of a run has exited, and everything before it is announced with it.</summary>
    public void AnnounceExit(Guid journal, in JournalEnd end, long nanoseconds)
    {
        if (_byJournal.TryGetValue(journal, out var stream))
        {
            stream.ExitedAt(end, nanoseconds);
        }

        Announce(journal, end);
    }

    /// <summary>Adds a cursor that gets everything, see <see cref="TaskStream.Follow"/>; the task need not exist.</summary>
    public StreamCursor Follow(string taskId, IStreamListener listener, StreamPlace? from)
    {
        lock (_gate)
        {
            return GetOrAdd_NeedsLock(taskId).Follow(listener, from);
        }
    }

    /// <summary>What is there of a journal of a task that is not known any more.</summary>
    public StreamRest RestOf(string taskId, string directory) =>
        new(taskId, directory, End: default, new RunLedger(), SeqNumbering.OfExisting(directory, _filters, _catchUps, filter: null));

    /// <summary>Numbers the lines of a task, so that somebody may join at one of them: see <see cref="TaskStream.NumberAsync"/>.</summary>
    public Task NumberAsync(string taskId) => Find(taskId)?.NumberAsync() ?? Task.CompletedTask;

    /// <summary>An old segment of a journal is about to be deleted: see <see cref="TaskStream.Leave"/>.</summary>
    public void Leave(Guid journal, long next, bool count)
    {
        if (_byJournal.TryGetValue(journal, out var stream))
        {
            stream.Leave(next, count);
        }
    }

    /// <summary>Takes a cursor out.</summary>
    public void Part(StreamCursor cursor)
    {
        lock (_gate)
        {
            cursor.Stream.Part(cursor);
            Sweep_NeedsLock(cursor.Stream.Main);
        }
    }

    private static bool IsSession(string? action) => action == ActionCatalog.SessionName;

    private TaskStream GetOrAdd_NeedsLock(string taskId)
    {
        if (!_byTask.TryGetValue(taskId, out var stream))
        {
            stream = new TaskStream(taskId, options, _budget, _filters, _catchUps);
            _byTask[taskId] = stream;
        }

        return stream;
    }

    // The filter under which an earlier server has numbered a task's lines, when it is not the one of now.
    private ulong? FilterBefore(Guid journal, string? action, IOutputFilter? filter)
    {
        if (action is null)
        {
            return null;
        }

        var before = _remembered.Of(action);
        if (before is null)
        {
            // Nothing is remembered: there were no filters, or somebody has removed what was.
            before = filter is null || SeqFile.HasAny(DirectoryOf(journal)) ? OutputFilters.FingerprintOf(filter) : 0;
        }

        return before == OutputFilters.FingerprintOf(filter) ? null : before;
    }

    private void Sweep_NeedsLock(TaskStream stream)
    {
        if (!_journals.ContainsKey(stream.TaskId) && stream.IsUnwatched)
        {
            _byTask.Remove(stream.TaskId);
        }
    }
}
