using Overseer.Core.Time;
using Overseer.Recorder.Journal;
using Overseer.Streams.SeqIndex;

namespace Overseer.Streams;

// Cursors that open their journal when there is news, and the time of the latest event: for those who follow thousands of tasks, most of which have ended.
internal sealed partial class TaskStream
{
    private (JournalEnd End, long Nanoseconds) _lastEvent;

    /// <summary>
    /// Adds a cursor that begins behind what is there now, and opens no file before there is more. Null when it is not known what is there: a task of an earlier server that
    /// has ended, or one that is still to have a journal. Who wants to hear of that one joins when it is started.
    /// </summary>
    public StreamCursor? JoinLater(IStreamListener listener)
    {
        lock (_gate)
        {
            if (_directory is null || _endUnknown || _end.Segment == 0)
            {
                return null;
            }

            var cursor = new StreamCursor(this, listener) { Unopened = _end, Position = new JournalPosition(_end.Segment, _end.Offset, 0) };
            _cursors.Add(cursor);
            _cursors.Park(cursor);
            return cursor;
        }
    }

    /// <summary>The process of a run has exited, and that is the latest event up to <paramref name="end"/>.</summary>
    public void ExitedAt(in JournalEnd end, long nanoseconds)
    {
        lock (_gate)
        {
            _lastEvent = (end, nanoseconds);
        }
    }

    /// <summary>When the latest line or exit came; null when there is none, or it cannot be read, or nothing has happened since an earlier server.</summary>
    public DateTimeOffset? LastEventAt()
    {
        string? directory;
        JournalEnd end;
        lock (_gate)
        {
            (directory, end) = (_directory, _end);
            if (directory is null || _endUnknown || end.Segment == 0)
            {
                return null;
            }

            if (_lastEvent.End == end)
            {
                return TimeOf(_lastEvent.Nanoseconds);
            }
        }

        var found = 0L;
        try
        {
            using var reader = JournalReader.Open(directory);
            reader.Seek(end.NextLine - 1, end);
            while (reader.TryRead(end, out var entry))
            {
                found = entry.Kind is EntryKind.Line or EntryKind.Exited ? entry.TimeNs : found;
            }
        }
        catch (IOException)
        {
            return null;
        }

        lock (_gate)
        {
            _lastEvent = (end, found);
        }

        return TimeOf(found);
    }

    private static DateTimeOffset? TimeOf(long nanoseconds) => nanoseconds == 0 ? null : UnixTime.FromNanoseconds(nanoseconds);

    // There is news for a cursor that has opened nothing yet. Only its pump calls this.
    private void Open(StreamCursor cursor, string directory, SeqNumbering numbering, in JournalEnd joined)
    {
        cursor.Source = AtEnd(directory, joined, numbering);
        if (!numbering.IsPlain)
        {
            cursor.Mark = numbering.Mark(cursor.Source?.NextLine ?? joined.NextLine);
            cursor.Source?.Owe(cursor.Mark);
        }

        cursor.Source?.Starts = options.Starts;
        lock (_gate)
        {
            cursor.Position = cursor.Source?.Position ?? new JournalPosition(joined.Segment, joined.Offset, 0);
            cursor.NextLine = cursor.Source?.NextLine ?? joined.NextLine;
            cursor.NextSeq = cursor.Source?.NextSeq ?? 0;
            cursor.Unopened = null;
            cursor.Placed = true;
        }
    }
}
