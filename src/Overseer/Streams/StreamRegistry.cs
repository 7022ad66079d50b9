using System.Collections.Concurrent;
using Overseer.Core.Tasks.Storage;
using Overseer.Recorder.Journal;

namespace Overseer.Streams;

/// <summary>
/// The streams of all tasks, by task id and by journal. A task that does not exist yet may be watched too: its stream is there as long
/// as somebody watches. Thread-safe.
/// </summary>
internal sealed class StreamRegistry(string journalRoot, StreamOptions options)
{
    private readonly FrameBudget _budget = new(options.TotalBytes);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, TaskStream> _byTask = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Guid, TaskStream> _byJournal = new();
    private readonly Dictionary<string, Guid> _journals = new(StringComparer.Ordinal);

    /// <summary>Told whenever some journal has begun a segment: there may be something to delete. Must not block. Set before the first announcement.</summary>
    public Action? SegmentBegan { get; set; }

    /// <summary>Told how much came into a journal. Must not block. Set before the first announcement.</summary>
    public Action<Guid, JournalGrowth>? Grew { get; set; }

    /// <summary>Where a journal lies.</summary>
    public string DirectoryOf(Guid journal) => Path.Combine(journalRoot, journal.ToString("N"));

    /// <summary>The task exists, with this journal. Doing it twice is harmless.</summary>
    public TaskStream Bind(string taskId, Guid journal)
    {
        lock (_gate)
        {
            var stream = GetOrAdd_NeedsLock(taskId);
            if (!_journals.TryGetValue(taskId, out var known) || known != journal)
            {
                _journals[taskId] = journal;
                _byJournal.TryRemove(known, out _);
                _byJournal[journal] = stream;
                stream.Bind(DirectoryOf(journal), default);
            }

            return stream;
        }
    }

    /// <summary>The task exists since an earlier server's time, with this journal and these runs. Before anybody joins.</summary>
    public void Restore(string taskId, Guid journal, IReadOnlyCollection<RunRecord> runs)
    {
        lock (_gate)
        {
            var stream = GetOrAdd_NeedsLock(taskId);
            _journals[taskId] = journal;
            _byJournal[journal] = stream;
            stream.Restore(DirectoryOf(journal), mayBeMissing: runs.All(run => run.Pid == 0));
            foreach (var run in runs)
            {
                stream.Restore(run);
            }
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
    public (StreamCursor Cursor, long First, long Next) Join(string taskId, IStreamListener listener, long? fromLine)
    {
        TaskStream stream;
        lock (_gate)
        {
            stream = GetOrAdd_NeedsLock(taskId);
            if (!_journals.ContainsKey(taskId))
            {
                return stream.Join(listener, fromLine);
            }
        }

        var joined = stream.Join(listener, fromLine);
        lock (_gate)
        {
            // The task may have been forgotten while the journal was opened; its stream must still be found when the id comes back.
            _byTask.TryAdd(taskId, stream);
        }

        return joined;
    }

    /// <summary>Takes a cursor out.</summary>
    public void Part(StreamCursor cursor)
    {
        lock (_gate)
        {
            cursor.Stream.Part(cursor);
            Sweep_NeedsLock(cursor.Stream);
        }
    }

    private TaskStream GetOrAdd_NeedsLock(string taskId)
    {
        if (!_byTask.TryGetValue(taskId, out var stream))
        {
            stream = new TaskStream(taskId, options, _budget);
            _byTask[taskId] = stream;
        }

        return stream;
    }

    private void Sweep_NeedsLock(TaskStream stream)
    {
        if (!_journals.ContainsKey(stream.TaskId) && stream.IsUnwatched)
        {
            _byTask.Remove(stream.TaskId);
        }
    }
}
