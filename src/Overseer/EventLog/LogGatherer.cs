// Puts together what the log consists of: the streams of all tasks, each from its place on, and the engine's own events between them.
//
// The order within a task is that of its stream. The engine's events have no place in a journal, but starts and exits are in both: by them the two are put in step.
// An event that is no start or exit waits until the start or exit before it was passed in the stream, and comes right behind it. A start or exit in the stream without
// its record (the spool was full, or from before the log's time) goes into the log as the stream has it.
//
// What bounds memory: streams are cursors; of the engine's events only as many are read as do not wait, but for what a start or exit needs that has come up.

using Microsoft.Extensions.Logging;
using Overseer.Protocols.V2;
using Overseer.Streams;

namespace Overseer.EventLog;

/// <summary>Belongs to the log's thread.</summary>
internal sealed class LogGatherer : IDisposable
{
    private readonly ControlSpool _spool;
    private readonly ILogger _log;
    private readonly WaitingControls _controls;

    /// <summary>Follows nothing yet.</summary>
    /// <param name="streams">The tasks' streams.</param>
    /// <param name="places">Where the log is in each of them.</param>
    /// <param name="spool">The engine's events.</param>
    /// <param name="wake">Called, from any thread, when there is something to gather.</param>
    /// <param name="log">Where failures are told.</param>
    public LogGatherer(StreamRegistry streams, LogPlaces places, ControlSpool spool, Action wake, ILogger log)
    {
        (_spool, _log) = (spool, log);
        Tasks = new FollowedTasks(streams, places, wake, log);
        _controls = new WaitingControls(spool, places.Heard, Tasks, Batch);
    }

    /// <summary>The tasks that are followed.</summary>
    public FollowedTasks Tasks { get; }

    /// <summary>What was gathered.</summary>
    public LogBatch Batch { get; } = new();

    /// <summary>Every record of the spool before this was passed.</summary>
    public long Heard => _controls.Heard;

    /// <summary>Whether everything that can be in the log by now is in the batch or written.</summary>
    public bool IsDrained => !Tasks.HasReady && _controls.IsDrained;

    /// <summary>Puts what the last server did not bring to its end into the first batch.</summary>
    public void Resume(ReadOnlyMemory<byte> lines, IReadOnlyList<LogPlace> reached)
    {
        foreach (var place in reached)
        {
            if (Tasks.Find(place.TaskId) is { } task)
            {
                Batch.Touch(task);
            }
        }

        lines.Span.CopyTo(Batch.Lines.GetSpan(lines.Length));
        Batch.Lines.Advance(lines.Length);
    }

    /// <summary>Fills the batch with what there is.</summary>
    public void Gather()
    {
        _controls.ReadSome();
        var taken = false;
        while (!Batch.IsFull && Tasks.NextReady() is { } task)
        {
            taken |= Take(task);
        }

        if (!taken)
        {
            _controls.ReadTo(long.MaxValue);
        }
    }

    /// <summary>Takes what is left of a task that is known no more; to be called until it returns true, with room in the batch.</summary>
    /// <param name="forgotten">The task.</param>
    /// <param name="rest">Its journal, if it was opened for that; the caller disposes of it.</param>
    public bool TakeForgotten(ForgottenTask forgotten, ref RestReader? rest)
    {
        _controls.ReadTo(forgotten.Heard);
        if (Tasks.Find(forgotten.Rest.TaskId) is not { } task)
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

        _controls.TakeLast(task, forgotten.Heard);
        task.Place = null;
        task.Mark = default;
        Batch.Touch(task);
        Tasks.Forgotten(task);
        return true;
    }

    /// <summary>A batch was written: what it was the last word of is let go.</summary>
    public void Written()
    {
        Batch.Clear();
        if (Tasks.HasGone)
        {
            Tasks.LetGo(Heard);
        }

        _spool.DropBefore(Heard);
    }

    public void Dispose()
    {
        _controls.Dispose();
        Tasks.Dispose();
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
            Tasks.Unreadable(task, e);
            return false;
        }

        try
        {
            if (task.Place is { } place && !string.Equals(place.Directory, cursor.Taken.Directory, StringComparison.Ordinal))
            {
                // Forgotten and started again: what is left of the former comes first, and the word of it is on its way.
                Tasks.FollowAnew(task);
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
        Tasks.TakeAgain(task);
        return true;
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

        task.MarkWasHeard = _controls.Find(task, mark);
        task.Mark = mark;
        if (!task.MarkWasHeard)
        {
            LogLines.Write(Batch.Lines, json);
            return;
        }

        _controls.TakeUpTo(task, mark, json);
    }

    private RestReader? Open(ForgottenTask forgotten, StreamPlace? from)
    {
        try
        {
            return forgotten.Rest.Open(from);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            EventLogMessages.JournalUnreadable(_log, forgotten.Rest.TaskId, e.Message);
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
                EventLogMessages.JournalUnreadable(_log, task.TaskId, e.Message);
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
}
