using Microsoft.Extensions.Logging;
using Overseer.Core.Tasks.Storage;
using Overseer.Recorder.Journal;
using Overseer.Streams;

namespace Overseer.EventLog;

/// <summary>The tasks that the event log follows, each by a cursor in its stream, and which of them have something. Belongs to the log's thread, but for what is said to be thread-safe.</summary>
internal sealed class FollowedTasks(StreamRegistry streams, LogPlaces places, Action wake, ILogger log) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Queue<LoggedTask> _ready = new();
    private readonly Dictionary<string, LoggedTask> _tasks = new(StringComparer.Ordinal);
    private readonly List<LoggedTask> _gone = [];
    private readonly List<LoggedTask> _unreadable = [];
    private readonly List<LoggedTask> _strays = [];

    /// <summary>Whether some journals could not be read and should be tried again.</summary>
    public bool HasUnreadable => _unreadable.Count > 0;

    /// <summary>Whether some tasks are gone and are followed as long as something of them may be heard.</summary>
    public bool HasGone => _gone.Count > 0;

    /// <summary>Whether a task has something to take.</summary>
    public bool HasReady
    {
        get
        {
            lock (_gate)
            {
                return _ready.Count > 0;
            }
        }
    }

    /// <summary>Takes up what an earlier server left. Once, before anything else.</summary>
    /// <param name="found">Where it was in each task.</param>
    /// <param name="stored">The tasks there are.</param>
    public void Restore(IReadOnlyList<LogPlace> found, StoredState stored)
    {
        var known = stored.Tasks.ToDictionary(task => task.TaskId, StringComparer.Ordinal);
        foreach (var place in found)
        {
            var stays = known.TryGetValue(place.TaskId, out var record) && (place.Journal == record.JournalId || place.Journal == Guid.Empty);
            var from = stays && place.Journal != Guid.Empty ? Place(place) : (StreamPlace?)null;
            var task = Add(place.TaskId, place.Slot, from);
            task.Heard = place.Heard;
            task.Mark = stays ? place.Mark : default;
            if (record is null)
            {
                Leave(task);
            }

            if (!stays && !place.Gone)
            {
                task.Place = Place(place);
                _strays.Add(task);
            }
        }

        foreach (var record in stored.Tasks.Where(record => !_tasks.ContainsKey(record.TaskId)))
        {
            if (!places.IsNew)
            {
                Add(record.TaskId, places.Take(), from: null);
                continue;
            }

            // The log begins now, and not with what was before it.
            var task = Add(record.TaskId, places.Take(), EndOf(record));
            places.Put(task.ToPlace());
        }
    }

    /// <summary>Tasks that were forgotten just before the last server died: what is left of them, as long as their journals are there.</summary>
    public IReadOnlyList<ForgottenTask> TakeStrays()
    {
        var strays = _strays.Select(task => new ForgottenTask(streams.RestOf(task.TaskId, task.Place!.Value.Directory!), task.Heard, static () => { })).ToList();
        _strays.Clear();
        return strays;
    }

    /// <summary>Looks which of the tasks that were taken up have more than is in the log.</summary>
    public void LookForMore()
    {
        foreach (var task in _tasks.Values)
        {
            if (task.Cursor is { } cursor && MayHaveMore(cursor.Stream.Directory, task.Place))
            {
                try
                {
                    _ = cursor.Stream.End;
                }
                catch (JournalException e)
                {
                    Unreadable(task, e);
                }
            }

            Ready(task);
        }
    }

    /// <summary>The task of an id; null when none is followed.</summary>
    public LoggedTask? Find(string taskId) => _tasks.GetValueOrDefault(taskId);

    /// <summary>Follows a task that was not known, from its beginning.</summary>
    public LoggedTask Add(string taskId)
    {
        var task = Add(taskId, places.Take(), from: null);
        Ready(task);
        return task;
    }

    /// <summary>There may be something to take of a task. Thread-safe; called under the stream's lock.</summary>
    public void Ready(LoggedTask task)
    {
        lock (_gate)
        {
            _ready.Enqueue(task);
        }

        wake();
    }

    /// <summary>There may be more of a task of which something was just taken.</summary>
    public void TakeAgain(LoggedTask task)
    {
        lock (_gate)
        {
            _ready.Enqueue(task);
        }
    }

    /// <summary>The next task that may have something; null when there is none.</summary>
    public LoggedTask? NextReady()
    {
        lock (_gate)
        {
            return _ready.TryDequeue(out var task) ? task : null;
        }
    }

    /// <summary>Follows a task from its beginning: there is another journal under its id.</summary>
    public void FollowAnew(LoggedTask task)
    {
        Part(task);
        task.Cursor = streams.Follow(task.TaskId, task, from: null);
    }

    /// <summary>A task's journal cannot be read: that is said once, and tried again later.</summary>
    public void Unreadable(LoggedTask task, Exception failure)
    {
        if (!task.SaidUnreadable)
        {
            task.SaidUnreadable = true;
            EventLogMessages.JournalUnreadable(log, task.TaskId, failure.Message);
        }

        if (task.Cursor is not null)
        {
            Part(task);
            _unreadable.Add(task);
        }
    }

    /// <summary>Tries again to read the journals that could not be read.</summary>
    public void FollowAgain()
    {
        foreach (var task in _unreadable)
        {
            task.Cursor = streams.Follow(task.TaskId, task, task.Place);
            Ready(task);
        }

        _unreadable.Clear();
    }

    /// <summary>Lets go of memory and files until the log can be written again.</summary>
    public void Rest()
    {
        foreach (var task in _tasks.Values)
        {
            if (task.Cursor is { } cursor)
            {
                cursor.Stream.Rest(cursor);
            }
        }
    }

    /// <summary>What the log had to take of a forgotten task was taken: it stays until nothing of it can be heard any more, unless there is another of its id.</summary>
    public void Forgotten(LoggedTask task)
    {
        if (streams.Find(task.TaskId) is not null)
        {
            // Another one of the same id is there already.
            Ready(task);
            return;
        }

        Leave(task);
    }

    /// <summary>Lets go of the tasks that are gone and of which nothing can be heard any more.</summary>
    /// <param name="heard">Every record of the engine's events before this was passed.</param>
    public void LetGo(long heard) => _gone.RemoveAll(task => !task.Gone || (task.Waiting.Count == 0 && task.Heard <= heard && TryLetGo(task)));

    public void Dispose()
    {
        foreach (var task in _tasks.Values)
        {
            Part(task);
        }
    }

    private StreamPlace Place(LogPlace place) => new(streams.DirectoryOf(place.Journal), place.Position, place.NextLine, place.NextSeq);

    private LoggedTask Add(string taskId, int slot, StreamPlace? from)
    {
        var task = new LoggedTask(taskId, slot, Ready) { Place = from };
        task.Cursor = streams.Follow(taskId, task, from);
        _tasks.Add(taskId, task);
        return task;
    }

    private StreamPlace? EndOf(TaskRecord record)
    {
        try
        {
            return streams.Find(record.TaskId)?.End is { Segment: > 0 } end
                ? new StreamPlace(streams.DirectoryOf(record.JournalId), new JournalPosition(end.Segment, end.Offset, 0), end.NextLine, NextSeq: 0)
                : null;
        }
        catch (JournalException)
        {
            return null;
        }
    }

    private void Leave(LoggedTask task)
    {
        task.Gone = true;
        _gone.Add(task);
    }

    private void Part(LoggedTask task)
    {
        if (task.Cursor is { } cursor)
        {
            streams.Part(cursor);
            TaskStream.Retire(cursor);
            task.Cursor = null;
        }
    }

    private static bool MayHaveMore(string? directory, StreamPlace? place)
    {
        if (directory is null || !Directory.Exists(directory) || JournalDirectory.Segments(directory) is not { Count: > 0 } segments)
        {
            return false;
        }

        var last = segments[^1];
        return place is not { } at || last.FirstLine != at.Position.Segment || last.Bytes > at.Position.Offset;
    }

    private bool TryLetGo(LoggedTask task)
    {
        try
        {
            places.Free(task.Slot);
        }
        catch (IOException)
        {
            return false;
        }

        Part(task);
        _unreadable.Remove(task);
        _tasks.Remove(task.TaskId);
        return true;
    }
}
