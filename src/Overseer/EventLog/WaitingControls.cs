namespace Overseer.EventLog;

/// <summary>The engine's events as they come into the log: read from the spool in their order, and kept by task as long as they wait for a start or an exit of its journal. Belongs to the log's thread.</summary>
internal sealed class WaitingControls(ControlSpool spool, long heard, FollowedTasks tasks, LogBatch batch) : IDisposable
{
    private const int EnoughWaiting = 10_000;

    private readonly ControlReader _reader = new(spool, heard);
    private readonly HashSet<LoggedTask> _withWaiting = [];
    private int _waiting;

    /// <summary>Every record of the spool before this was passed.</summary>
    public long Heard => _withWaiting.Count == 0 ? _reader.Place : _withWaiting.Min(task => task.Waiting.Peek().Offset);

    /// <summary>Whether everything was read that may be, and what still waits can be waited for no more: the journals cannot be read.</summary>
    public bool IsDrained => _reader.Place >= spool.Released && _withWaiting.All(task => task.Cursor is null);

    /// <summary>Reads on, unless enough wait already.</summary>
    public void ReadSome()
    {
        while (_waiting < EnoughWaiting && _reader.TryRead(out var record))
        {
            Hear(record);
        }
    }

    /// <summary>Reads on up to a record.</summary>
    public void ReadTo(long place)
    {
        while (_reader.Place < place && _reader.TryRead(out var record))
        {
            Hear(record);
        }
    }

    /// <summary>Reads whether there is a record of a task's start or exit, as far as is necessary to find it.</summary>
    public bool Find(LoggedTask task, LogMark mark)
    {
        if (task.Waiting.Any(record => record.Mark == mark))
        {
            return true;
        }

        var found = false;
        while (!found && _reader.TryRead(out var record))
        {
            found = Hear(record) is { } heard && heard == task && task.Waiting.Any(waiting => waiting.Mark == mark);
        }

        return found;
    }

    /// <summary>A start or exit was found in the journal, and its record too: takes what waited for it, and what comes behind.</summary>
    /// <param name="task">The task.</param>
    /// <param name="mark">Which start or exit.</param>
    /// <param name="json">As the stream has it.</param>
    public void TakeUpTo(LoggedTask task, LogMark mark, ReadOnlySpan<byte> json)
    {
        while (true)
        {
            var record = Pop(task);
            if (record.Mark == mark)
            {
                // The engine's has what a stream may not know any more: of which process it is the restart.
                LogLines.Write(batch.Lines, mark.Kind == ControlKind.Started ? record.Json.Span : json);
                break;
            }

            if (record.Mark.Kind == ControlKind.Between)
            {
                LogLines.Write(batch.Lines, record.Json.Span);
            }
        }

        TakeBetween(task);
    }

    /// <summary>Takes what still waits of a task that was forgotten.</summary>
    /// <param name="task">The task.</param>
    /// <param name="place">What comes from here on is another's of the same id.</param>
    public void TakeLast(LoggedTask task, long place)
    {
        while (task.Waiting.TryPeek(out var record) && record.Offset < place)
        {
            Pop(task);
            if (record.Mark.Kind == ControlKind.Between)
            {
                LogLines.Write(batch.Lines, record.Json.Span);
            }
        }
    }

    public void Dispose() => _reader.Dispose();

    private LoggedTask? Hear(ControlRecord record)
    {
        if (tasks.Find(record.TaskId) is not { } task)
        {
            if (!record.Counts)
            {
                return null;
            }

            task = tasks.Add(record.TaskId);
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
            LogLines.Write(batch.Lines, Pop(task).Json.Span);
        }
    }

    private ControlRecord Pop(LoggedTask task)
    {
        var record = task.Waiting.Dequeue();
        task.Heard = record.End;
        batch.Touch(task);
        _waiting--;
        if (task.Waiting.Count == 0)
        {
            _withWaiting.Remove(task);
        }

        return record;
    }
}
