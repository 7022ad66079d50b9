// Puts together what the log consists of: the streams of all tasks, each from its place on, and the engine's own events between them.
//
// The order within a task is that of its stream. The engine's events have no place in a journal, but starts and exits are in both: by them the two are put in step.
// An event that is no start or exit waits until the start or exit before it was passed in the stream, and comes right behind it. A start or exit in the stream without
// its record (the spool was full, or from before the log's time) goes into the log as the stream has it.
//
// What bounds memory: streams are cursors; of the engine's events only as many are read as do not wait, but for what a start or exit needs that has come up.

using Microsoft.Extensions.Logging;
using Overseer.Core.Tasks.Storage;
using Overseer.Protocols.V2;
using Overseer.Recorder.Journal;
using Overseer.Streams;

namespace Overseer.EventLog;

/// <summary>Belongs to the log's thread, but for what is said to be thread-safe.</summary>
internal sealed class LogGatherer(StreamRegistry streams, LogPlaces places, ControlSpool spool, Action wake, ILogger log) : IDisposable
{
    private const int EnoughWaiting = 10_000;

    private readonly Lock _gate = new();
    private readonly Queue<LoggedTask> _ready = new();
    private readonly Dictionary<string, LoggedTask> _tasks = new(StringComparer.Ordinal);
    private readonly HashSet<LoggedTask> _withWaiting = [];
    private readonly List<LoggedTask> _gone = [];
    private readonly List<LoggedTask> _unreadable = [];
    private readonly List<LoggedTask> _strays = [];
    private readonly ControlReader _controls = new(spool, places.Heard);
    private int _waiting;

    /// <summary>What was gathered.</summary>
    public LogBatch Batch { get; } = new();

    /// <summary>Whether some journals could not be read and should be tried again.</summary>
    public bool HasUnreadable => _unreadable.Count > 0;

    /// <summary>Every record of the spool before this was passed.</summary>
    public long Heard => _withWaiting.Count == 0 ? _controls.Place : _withWaiting.Min(task => task.Waiting.Peek().Offset);

    /// <summary>Whether everything that can be in the log by now is in the batch or written.</summary>
    public bool IsDrained
    {
        get
        {
            lock (_gate)
            {
                return _ready.Count == 0 && _controls.Place >= spool.Released && _withWaiting.All(task => task.Cursor is null);
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
            task.Gone = record is null;
            if (task.Gone)
            {
                _gone.Add(task);
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

    /// <summary>Puts what the last server did not bring to its end into the first batch.</summary>
    public void Resume(ReadOnlyMemory<byte> lines, IReadOnlyList<LogPlace> reached)
    {
        foreach (var place in reached)
        {
            if (_tasks.TryGetValue(place.TaskId, out var task))
            {
                Batch.Touch(task);
            }
        }

        lines.Span.CopyTo(Batch.Lines.GetSpan(lines.Length));
        Batch.Lines.Advance(lines.Length);
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

    /// <summary>Fills the batch with what there is.</summary>
    public void Gather()
    {
        ReadControls(static gatherer => gatherer._waiting < EnoughWaiting);
        var taken = false;
        while (!Batch.IsFull && NextReady() is { } task)
        {
            taken |= Take(task);
        }

        if (!taken)
        {
            ReadControls(static _ => true);
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

    /// <summary>Takes what is left of a task that is known no more; to be called until it returns true, with room in the batch.</summary>
    /// <param name="forgotten">The task.</param>
    /// <param name="rest">Its journal, if it was opened for that; the caller disposes of it.</param>
    public bool TakeForgotten(ForgottenTask forgotten, ref RestReader? rest)
    {
        ReadControls(gatherer => gatherer._controls.Place < forgotten.Heard);
        if (!_tasks.TryGetValue(forgotten.Rest.TaskId, out var task))
        {
            return true;
        }

        var from = task.Place;
        if (from is { } place && !string.Equals(place.Directory, forgotten.Rest.Directory, StringComparison.Ordinal))
        {
            return true;
        }

        if (forgotten.LostBefore is { } lost)
        {
            Lost(task, from?.NextSeq ?? 1, lost);
        }
        else if ((rest ??= Open(forgotten, from)) is { } left && !TakeRest(task, left))
        {
            return false;
        }

        while (task.Waiting.TryPeek(out var record) && record.Offset < forgotten.Heard)
        {
            Pop(task);
            if (record.Mark.Kind == ControlKind.Between)
            {
                LogLines.Write(Batch.Lines, record.Json.Span);
            }
        }

        task.Place = null;
        task.Mark = default;
        Batch.Touch(task);
        if (streams.Find(task.TaskId) is not null)
        {
            // Another one of the same id is there already.
            Ready(task);
            return true;
        }

        task.Gone = true;
        _gone.Add(task);
        return true;
    }

    /// <summary>A batch was written: what it was the last word of is let go.</summary>
    public void Written()
    {
        Batch.Clear();
        if (_gone.Count > 0)
        {
            var heard = Heard;
            _gone.RemoveAll(task => !task.Gone || (task.Waiting.Count == 0 && task.Heard <= heard && LetGo(task)));
        }

        spool.DropBefore(Heard);
    }

    public void Dispose()
    {
        _controls.Dispose();
        foreach (var task in _tasks.Values)
        {
            if (task.Cursor is { } cursor)
            {
                streams.Part(cursor);
                TaskStream.Retire(cursor);
            }
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

    private static bool MayHaveMore(string? directory, StreamPlace? place)
    {
        if (directory is null || !Directory.Exists(directory) || JournalDirectory.Segments(directory) is not { Count: > 0 } segments)
        {
            return false;
        }

        var last = segments[^1];
        return place is not { } at || last.FirstLine != at.Position.Segment || last.Bytes > at.Position.Offset;
    }

    private LoggedTask? NextReady()
    {
        lock (_gate)
        {
            return _ready.TryDequeue(out var task) ? task : null;
        }
    }

    private bool Take(LoggedTask task)
    {
        if (task.Cursor is not { } cursor)
        {
            return false;
        }

        FrameSlice slice;
        try
        {
            if (!cursor.Stream.TryTake(cursor, out slice))
            {
                return false;
            }
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            Unreadable(task, e);
            return false;
        }

        try
        {
            if (task.Place is { } place && !string.Equals(place.Directory, cursor.Taken.Directory, StringComparison.Ordinal))
            {
                // Forgotten and started again: what is left of the former comes first, and the word of it is on its way.
                streams.Part(cursor);
                TaskStream.Retire(cursor);
                task.Cursor = streams.Follow(task.TaskId, task, from: null);
                return false;
            }

            TakeFrames(task, slice.Bytes.Span);
        }
        finally
        {
            slice.Release();
        }

        task.Place = cursor.Taken;
        task.SaidUnreadable = false;
        Batch.Touch(task);
        lock (_gate)
        {
            _ready.Enqueue(task);
        }

        return true;
    }

    private void Unreadable(LoggedTask task, Exception failure)
    {
        if (!task.SaidUnreadable)
        {
            task.SaidUnreadable = true;
            EventLogMessages.JournalUnreadable(log, task.TaskId, failure.Message);
        }

        if (task.Cursor is { } cursor)
        {
            streams.Part(cursor);
            TaskStream.Retire(cursor);
            task.Cursor = null;
            _unreadable.Add(task);
        }
    }

    private void TakeFrames(LoggedTask task, ReadOnlySpan<byte> frames)
    {
        while (!frames.IsEmpty)
        {
            var json = LogLines.PayloadOf(frames, out var bytes);
            if (LogLines.IsOutput(json))
            {
                LogLines.Write(Batch.Lines, json);
            }
            else
            {
                TakeMark(task, json);
            }

            frames = frames[bytes..];
        }
    }

    private void TakeMark(LoggedTask task, ReadOnlySpan<byte> json)
    {
        var mark = LogMark.Of(json);
        if (mark.Kind == ControlKind.Between)
        {
            if (!task.MarkWasHeard)
            {
                LogLines.Write(Batch.Lines, json);
            }

            return;
        }

        task.MarkWasHeard = FindRecord(task, mark);
        task.Mark = mark;
        if (!task.MarkWasHeard)
        {
            LogLines.Write(Batch.Lines, json);
            return;
        }

        while (true)
        {
            var record = Pop(task);
            if (record.Mark == mark)
            {
                // The engine's has what a stream may not know any more: of which process it is the restart.
                LogLines.Write(Batch.Lines, mark.Kind == ControlKind.Started ? record.Json.Span : json);
                break;
            }

            if (record.Mark.Kind == ControlKind.Between)
            {
                LogLines.Write(Batch.Lines, record.Json.Span);
            }
        }

        TakeBetween(task);
    }

    private bool FindRecord(LoggedTask task, LogMark mark)
    {
        if (task.Waiting.Any(record => record.Mark == mark))
        {
            return true;
        }

        var found = false;
        while (!found && _controls.TryRead(out var record))
        {
            found = Hear(record) is { } heard && heard == task && task.Waiting.Any(waiting => waiting.Mark == mark);
        }

        return found;
    }

    private void ReadControls(Func<LogGatherer, bool> more)
    {
        while (more(this) && _controls.TryRead(out var record))
        {
            Hear(record);
        }
    }

    private LoggedTask? Hear(ControlRecord record)
    {
        if (!_tasks.TryGetValue(record.TaskId, out var task))
        {
            if (!record.Counts)
            {
                return null;
            }

            task = Add(record.TaskId, places.Take(), from: null);
            Ready(task);
        }

        if (record.End <= task.Heard)
        {
            return task;
        }

        // Of a start or an exit that is in the log already the engine has heard twice: what the last server had taken in was not stored.
        if (!record.Counts || (record.Mark == task.Mark && task.Waiting.Count == 0))
        {
            return task;
        }

        task.Gone = false;

        task.Waiting.Enqueue(record);
        _waiting++;
        _withWaiting.Add(task);
        TakeBetween(task);
        return task;
    }

    // What needs wait for nothing (any more).
    private void TakeBetween(LoggedTask task)
    {
        while (task.Waiting.TryPeek(out var record) && record.Mark.Kind == ControlKind.Between)
        {
            LogLines.Write(Batch.Lines, Pop(task).Json.Span);
        }
    }

    private ControlRecord Pop(LoggedTask task)
    {
        var record = task.Waiting.Dequeue();
        task.Heard = record.End;
        Batch.Touch(task);
        _waiting--;
        if (task.Waiting.Count == 0)
        {
            _withWaiting.Remove(task);
        }

        return record;
    }

    private RestReader? Open(ForgottenTask forgotten, StreamPlace? from)
    {
        try
        {
            return forgotten.Rest.Open(from);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            EventLogMessages.JournalUnreadable(log, forgotten.Rest.TaskId, e.Message);
            return null;
        }
    }

    // False: the batch is full before the end.
    private bool TakeRest(LoggedTask task, RestReader rest)
    {
        while (!Batch.IsFull)
        {
            FrameSlice slice;
            try
            {
                if (!rest.TryTake(out slice))
                {
                    return true;
                }
            }
            catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                EventLogMessages.JournalUnreadable(log, task.TaskId, e.Message);
                return true;
            }

            try
            {
                TakeFrames(task, slice.Bytes.Span);
            }
            finally
            {
                slice.Release();
            }

            task.Place = rest.Place;
            Batch.Touch(task);
        }

        return false;
    }

    private void Lost(LoggedTask task, long from, long next)
    {
        if (from > 0 && from < next)
        {
            var json = new System.Buffers.ArrayBufferWriter<byte>();
            ServerMessageWriter.Write(json, new GapMessage { TaskId = task.TaskId, FromSeq = from, ToSeq = next - 1, Reason = Protocols.V2.GapReason.Rotated });
            LogLines.Write(Batch.Lines, json.WrittenSpan);
        }
    }

    private bool LetGo(LoggedTask task)
    {
        try
        {
            places.Free(task.Slot);
        }
        catch (IOException)
        {
            return false;
        }

        if (task.Cursor is { } cursor)
        {
            streams.Part(cursor);
            TaskStream.Retire(cursor);
        }

        _unreadable.Remove(task);
        _tasks.Remove(task.TaskId);
        return true;
    }
}
