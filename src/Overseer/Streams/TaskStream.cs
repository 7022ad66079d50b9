// One task's way from its journal to its subscribers.
//
// What must hold:
//  - Each cursor gets every event from its place on, once, in order. A cursor's place is the truth; blocks are only a shortcut.
//  - Each line is encoded once for all cursors that are near the ring's head. The head moves only when a cursor wants it to (pull), so
//    a single slow subscriber costs no memory: the journal is the buffer. The cursor that is furthest on owns the head.
//  - A cursor that fell off the ring reads the journal for itself, in slices, until it meets a block's beginning again.
//  - Nobody waits for a slow connection: encoding is done by whoever asks while running, or by a thread-pool item when everybody
//    is parked; never by a connection that might be stuck in a write.
//  - No I/O under the lock: who encodes takes the flag _encoding, leaves the lock, and publishes.
//
// Rejected: a queue per subscriber (unbounded or lossy), an encoder thread that runs ahead (a slow single subscriber would fall off
// the ring again and again and everything would be encoded twice).

using Overseer.Core.Tasks;
using Overseer.Core.Tasks.Storage;
using Overseer.Protocols.V2;
using Overseer.Recorder.Journal;

namespace Overseer.Streams;

#pragma warning disable CA1001 // The ring lives as long as somebody reads: the last cursor to leave disposes it.
internal sealed partial class TaskStream(string taskId, StreamOptions options, FrameBudget budget) : IThreadPoolWorkItem
#pragma warning restore CA1001
{
    private const int InlineBytes = 4096;
    private readonly Lock _gate = new();
    private readonly List<StreamCursor> _cursors = [];
    private string? _directory;
    private JournalEnd _end;
    private bool _endUnknown;
    private bool _mayBeMissing;
    private FrameRing? _ring;
    private bool _encoding;
    private bool _more;
    private int _parked;
    private long _news;
    private HashSet<Guid>? _liveRuns;

    /// <summary>The task's id.</summary>
    public string TaskId { get; } = taskId;

    /// <summary>What the engine said about the runs.</summary>
    public RunLedger Ledger { get; private set; } = new() { Rotated = options.Rotated };

    /// <summary>How far the journal may be read; segment 0 while that is not known, for a task of an earlier server that nobody has asked for.</summary>
    public JournalEnd KnownEnd
    {
        get
        {
            lock (_gate)
            {
                return _end;
            }
        }
    }

    /// <summary>How far the journal may be read, as far as is known.</summary>
    /// <exception cref="IOException">The journal is of an earlier server, and cannot be read.</exception>
    public JournalEnd End
    {
        get
        {
            FindEnd();
            lock (_gate)
            {
                return _end;
            }
        }
    }

    /// <summary>The journal's directory, or null while the task does not exist.</summary>
    public string? Directory
    {
        get
        {
            lock (_gate)
            {
                return _directory;
            }
        }
    }

    /// <summary>True while nobody reads.</summary>
    public bool IsUnwatched
    {
        get
        {
            lock (_gate)
            {
                return _cursors.Count == 0;
            }
        }
    }

    /// <summary>Bytes of finished frames in this stream's ring.</summary>
    public long BufferedBytes
    {
        get
        {
            lock (_gate)
            {
                return _ring?.Bytes ?? 0;
            }
        }
    }

    /// <summary>The task exists from now on, with this journal.</summary>
    public void Bind(string directory, in JournalEnd end)
    {
        lock (_gate)
        {
            if (string.Equals(_directory, directory, StringComparison.Ordinal))
            {
                return;
            }

            _directory = directory;
            _end = end;
            _endUnknown = false;
            Ledger = new RunLedger { Rotated = options.Rotated };
            DropRing_NeedsLock();
            foreach (var cursor in _cursors)
            {
                cursor.Placed = false;
            }
        }
    }

    /// <summary>
    /// The task is from an earlier server's time. How far its journal goes is found out when somebody wants to know, or told by the recorder: thousands of
    /// ended tasks are not opened at a start.
    /// </summary>
    /// <param name="directory">The journal's directory.</param>
    /// <param name="mayBeMissing">No process of the task was ever heard of (it waits in a queue, say): there need not be a journal yet.</param>
    public void Restore(string directory, bool mayBeMissing)
    {
        lock (_gate)
        {
            _directory = directory;
            _endUnknown = true;
            _mayBeMissing = mayBeMissing;
        }
    }

    /// <summary>The task is forgotten; its cursors wait for a task of the same id.</summary>
    public void Unbind()
    {
        lock (_gate)
        {
            _directory = null;
            _end = default;
            _endUnknown = false;
            DropRing_NeedsLock();
            foreach (var cursor in _cursors)
            {
                Leave_NeedsLock(cursor);
                cursor.Placed = false;
            }
        }
    }

    /// <summary>The recorder has announced more.</summary>
    /// <returns>Whether the journal has begun a segment since.</returns>
    public bool Announce(in JournalEnd end)
    {
        bool began;
        lock (_gate)
        {
            _endUnknown = false;
            if (end.Segment < _end.Segment || (end.Segment == _end.Segment && end.Offset <= _end.Offset))
            {
                return false;
            }

            began = _end.Segment != 0 && end.Segment != _end.Segment;
            if (began)
            {
                LeaveSegment_NeedsLock();
            }

            _end = end;
            if (!Stir_NeedsLock())
            {
                return began;
            }
        }

        EncodeForParked();
        return began;
    }

    /// <summary>A run is about to be started.</summary>
    public void Expect(Guid run)
    {
        Ledger.Expect(run);
        lock (_gate)
        {
            (_liveRuns ??= []).Add(run);
        }
    }

    /// <summary>Nothing came of an expected run: no process, and nothing in the journal.</summary>
    public void Unexpect(Guid run)
    {
        lock (_gate)
        {
            _liveRuns?.Remove(run);
            if (_liveRuns is { Count: 0 })
            {
                _liveRuns = null;
            }
        }
    }

    /// <summary>A run of an earlier server's time. Of one that has ended only whether that was asked for matters still.</summary>
    public void Restore(RunRecord run)
    {
        var id = run.RunId.Value;
        if (run.Phase == TaskPhase.Ended)
        {
            if (run.Intentional)
            {
                Ledger.Change(id, facts => facts with { StartConfirmed = true, ExitConfirmed = true, Intentional = true });
            }

            return;
        }

        Expect(id);
        if (run.Phase != TaskPhase.Starting)
        {
            Ledger.Change(id, facts => facts with { StartConfirmed = true });
        }
    }

    /// <summary>The engine has taken the start of a run in; <paramref name="onStart"/> is what subscribers get there, if anything.</summary>
    public void ConfirmStart(Guid run, ServerMessage? onStart)
    {
        Ledger.Change(run, facts => facts with { StartConfirmed = true, OnStart = onStart });
        lock (_gate)
        {
            if (!Stir_NeedsLock())
            {
                return;
            }
        }

        EncodeForParked();
    }

    /// <summary>The engine has taken the exit of a run in. When nothing runs any more and everybody has seen everything, the journal is closed.</summary>
    public void ConfirmExit(Guid run, bool intentional, IReadOnlyList<ServerMessage> afterExit)
    {
        Ledger.Change(run, facts => facts with { StartConfirmed = true, ExitConfirmed = true, Intentional = intentional, AfterExit = afterExit });
        lock (_gate)
        {
            _liveRuns?.Remove(run);
            if (_liveRuns is { Count: 0 })
            {
                _liveRuns = null;
            }

            if (!Stir_NeedsLock())
            {
                return;
            }
        }

        EncodeForParked();
    }

    /// <summary>
    /// Adds a cursor that begins at line <paramref name="fromLine"/>, or, without one, behind what is there now. While the task does not
    /// exist the cursor waits. Tells where the cursor begins and the number the next new line will get.
    /// </summary>
    /// <exception cref="IOException">The journal cannot be read.</exception>
    public (StreamCursor Cursor, long First, long Next) Join(IStreamListener listener, long? fromLine)
    {
        try
        {
            FindEnd();
        }
        catch (JournalException) when (fromLine is null)
        {
            // Somebody has removed the journal of an earlier server's task; what comes next may have a place again.
        }

        var cursor = new StreamCursor(this, listener);
        string? directory;
        JournalEnd end;
        lock (_gate)
        {
            directory = _directory;
            end = _end;
            if (directory is null || end.Segment == 0)
            {
                // Nothing has been written yet: the journal's beginning is the place, and needs no reader.
                _cursors.Add(cursor);
                return (cursor, 1, 1);
            }
        }

        // From the next line on is not from the end on: who has seen every line may not have seen the exit behind the last.
        cursor.Source = fromLine is { } line && line <= end.NextLine
            ? EventSource.AtLine(TaskId, directory, Ledger, Math.Max(1, line), end)
            : AtEnd(directory, end);
        cursor.Position = cursor.Source?.Position ?? new JournalPosition(end.Segment, end.Offset, 0);
        cursor.NextLine = cursor.Source?.NextLine ?? end.NextLine;
        cursor.Placed = true;
        lock (_gate)
        {
            _cursors.Add(cursor);
        }

        return (cursor, cursor.NextLine, end.NextLine);
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
            Leave_NeedsLock(cursor);
            Unpark_NeedsLock(cursor);
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
    private EventSource? AtEnd(string directory, in JournalEnd end)
    {
        try
        {
            return EventSource.AtEnd(TaskId, directory, Ledger, end);
        }
        catch (JournalException) when (!System.IO.Directory.Exists(directory))
        {
            return null;
        }
    }

    private void FindEnd()
    {
        string directory;
        lock (_gate)
        {
            if (!_endUnknown || _directory is null)
            {
                return;
            }

            directory = _directory;
        }

        JournalEnd end;
        try
        {
            end = JournalDirectory.FindEnd(directory);
        }
        catch (JournalException) when (_mayBeMissing)
        {
            // Whoever makes one will announce it.
            return;
        }

        lock (_gate)
        {
            // The recorder, or somebody else, may have told meanwhile.
            if (_endUnknown)
            {
                _endUnknown = false;
                _end = end;
            }
        }
    }
}
