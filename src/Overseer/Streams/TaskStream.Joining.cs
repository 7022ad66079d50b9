using Overseer.Recorder.Journal;
using Overseer.Streams.SeqIndex;

namespace Overseer.Streams;

// Cursors come and go: at a number, behind what is there, or at a place that somebody has kept.
internal sealed partial class TaskStream
{
    /// <summary>
    /// Adds a cursor that begins at the line with number <paramref name="fromSeq"/>, or, without one, behind what is there now. While the task does not
    /// exist the cursor waits. Tells the number of the first line that the cursor gets, and the one that the next new line will get; with a filter only when a
    /// number was asked for. Then all lines must be numbered first: see <see cref="NumberAsync"/>.
    /// </summary>
    /// <exception cref="IOException">The journal cannot be read.</exception>
    public (StreamCursor Cursor, long First, long Next) Join(IStreamListener listener, long? fromSeq)
    {
        try
        {
            FindEnd();
        }
        catch (JournalException) when (fromSeq is null)
        {
            // Somebody has removed the journal of an earlier server's task; what comes next may have a place again.
        }

        var cursor = new StreamCursor(this, listener);
        string? directory;
        SeqNumbering numbering;
        JournalEnd end;
        lock (_gate)
        {
            directory = _directory;
            numbering = _numbering!;
            end = _end;
            if (directory is null || end.Segment == 0)
            {
                // Nothing has been written yet: the journal's beginning is the place, and needs no reader.
                _cursors.Add(cursor);
                return (cursor, 1, 1);
            }
        }

        long first, next;
        if (numbering.IsPlain)
        {
            // From the next line on is not from the end on: who has seen every line may not have seen the exit behind the last.
            cursor.Source = fromSeq is { } line && line <= end.NextLine
                ? EventSource.AtLine(TaskId, directory, Ledger, Math.Max(1, line), end, numbering, Frames())
                : AtEnd(directory, end, numbering);
            first = cursor.Source?.NextLine ?? end.NextLine;
            next = end.NextLine;
        }
        else if (fromSeq is { } seq)
        {
            (var place, first, next) = numbering.Locate(seq, end);
            cursor.Source = place is { } line ? EventSource.AtLine(TaskId, directory, Ledger, line, end, numbering, Frames()) : AtEnd(directory, end, numbering);
            cursor.Source?.Owe(cursor.Source.NextLine, first);
        }
        else
        {
            numbering.Forgive();
            if (numbering.IsBehind(end))
            {
                numbering.Request(end);
            }

            cursor.Source = AtEnd(directory, end, numbering);
            cursor.Mark = numbering.Mark(cursor.Source?.NextLine ?? end.NextLine);
            cursor.Source?.Owe(cursor.Mark);
            (first, next) = (0, 0);
        }
        cursor.Source?.Starts = options.Starts;
        cursor.Position = cursor.Source?.Position ?? new JournalPosition(end.Segment, end.Offset, 0);
        cursor.NextLine = cursor.Source?.NextLine ?? end.NextLine;
        cursor.NextSeq = cursor.Source?.NextSeq ?? 0;
        cursor.Placed = true;
        lock (_gate)
        {
            _cursors.Add(cursor);
        }

        return (cursor, first, next);
    }

    /// <summary>Numbers all lines that are there, so that somebody may join at one of them. Completes at once when there is nothing to do, and does not fail: the join does.</summary>
    public Task NumberAsync()
    {
        try
        {
            return Numbering is { IsPlain: false } numbering ? numbering.NumberAsync(End) : Task.CompletedTask;
        }
        catch (IOException)
        {
            return Task.CompletedTask;
        }
    }

    /// <summary>
    /// Adds a cursor that gets everything (<see cref="StreamCursor.Everything"/>) from a place on, or from the first line; no file is opened by it. While the
    /// task does not exist the cursor waits.
    /// </summary>
    public StreamCursor Follow(IStreamListener listener, StreamPlace? from)
    {
        var cursor = new StreamCursor(this, listener) { Everything = true };
        lock (_gate)
        {
            if (from is { } place && string.Equals(place.Directory, _directory, StringComparison.Ordinal))
            {
                cursor.Position = place.Position;
                cursor.NextLine = place.NextLine;
                cursor.NextSeq = place.NextSeq;
                cursor.Placed = true;
                cursor.Taken = place;
            }

            _cursors.Add(cursor);
        }

        return cursor;
    }

    /// <summary>Lets a cursor go on later from what it took last, and hold no memory or file until then. Only its pump calls this.</summary>
    public void Rest(StreamCursor cursor)
    {
        lock (_gate)
        {
            if (cursor.Block is { } block)
            {
                cursor.Position = cursor.Taken.Position;
                cursor.NextLine = cursor.Taken.NextLine;
                cursor.NextSeq = cursor.Taken.NextSeq;
                cursor.Block = null;
                block.Release();
            }
        }

        Retire(cursor);
    }

    /// <summary>Takes a cursor out. Only its connection's pump, or nobody any more, may be taking from it.</summary>
    public void Part(StreamCursor cursor)
    {
        lock (_gate)
        {
            if (cursor.Closed)
            {
                return;
            }

            cursor.Closed = true;
            cursor.LeaveBlock();
            _cursors.Remove(cursor);
            if (_cursors.Count == 0 && !_encoding)
            {
                DropRing_NeedsLock();
            }
        }
    }

    /// <summary>Frees a parted cursor's own reader; by its pump.</summary>
    public static void Retire(StreamCursor cursor)
    {
        cursor.Source?.Dispose();
        cursor.Source = null;
    }

    /// <summary>Null when somebody has removed the journal: that is found when there is more of it, and more has a place again.</summary>
    private EventSource? AtEnd(string directory, in JournalEnd end, SeqNumbering numbering)
    {
        try
        {
            return EventSource.AtEnd(TaskId, directory, Ledger, end, numbering, Frames());
        }
        catch (JournalException) when (!System.IO.Directory.Exists(directory))
        {
            return null;
        }
    }
}
