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

using Overseer.Core.Drivers;
using Overseer.Core.Tasks;
using Overseer.Core.Tasks.Storage;
using Overseer.Protocols.V2;
using Overseer.Recorder.Journal;
using Overseer.Streams.Forms;
using Overseer.Streams.SeqIndex;

namespace Overseer.Streams;

#pragma warning disable CA1001 // The ring lives as long as somebody reads: the last cursor to leave disposes it.
internal sealed partial class TaskStream(string taskId, StreamOptions options, FrameBudget budget, OutputFilters? filters = null, CatchUpLane? catchUps = null, TaskStream? main = null, StreamForm form = StreamForm.V2) : IThreadPoolWorkItem
#pragma warning restore CA1001
{
    private const int InlineBytes = 4096;
    private readonly Lock _gate = new();
    private readonly CatchUpLane _catchUps = catchUps ?? new CatchUpLane();
    private readonly OutputFilters _filters = filters ?? new OutputFilters([]);
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
    private bool _isSession;
    private SeqNumbering? _numbering;

    /// <summary>The task's id.</summary>
    public string TaskId { get; } = taskId;

    /// <summary>As what its events are written.</summary>
    public StreamForm Form { get; } = form;

    /// <summary>The stream that hears what the task does; others hear it from that one.</summary>
    public TaskStream Main => main ?? this;

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

    /// <summary>The numbers of its lines; null while the task does not exist.</summary>
    public SeqNumbering? Numbering
    {
        get
        {
            lock (_gate)
            {
                return _numbering;
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
                return _cursors.Count == 0 && Views.All(view => view.IsUnwatched);
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

    /// <summary>The task exists from now on, with this journal. Once more, with another filter: that holds for all lines that come.</summary>
    public void Bind(string directory, in JournalEnd end, IOutputFilter? filter = null, bool isSession = false)
    {
        SeqNumbering? known = null;
        lock (_gate)
        {
            if (string.Equals(_directory, directory, StringComparison.Ordinal))
            {
                known = _numbering;
            }
            else
            {
                _directory = directory;
                _end = end;
                _endUnknown = false;
                SetNumbering_NeedsLock(SeqNumbering.OfNew(directory, _filters, _catchUps, filter));
                Ledger = new RunLedger { Rotated = options.Rotated };
                DropRing_NeedsLock();
                _isSession = isSession;
                Unplace_NeedsLock();
                ShowBinding_NeedsLock();
            }
        }

        if (known is not null && known.Fingerprint != OutputFilters.FingerprintOf(filter))
        {
            ChangeFilter(known, filter, before: null);
        }
    }

    /// <summary>
    /// The task is from an earlier server's time. How far its journal goes is found out when somebody wants to know, or told by the recorder: thousands of
    /// ended tasks are not opened at a start.
    /// </summary>
    /// <param name="directory">The journal's directory.</param>
    /// <param name="mayBeMissing">No process of the task was ever heard of (it waits in a queue, say): there need not be a journal yet.</param>
    /// <param name="filter">Its action's filter.</param>
    /// <param name="before">The one that the earlier server had, when that was another.</param>
    public void Restore(string directory, bool mayBeMissing, IOutputFilter? filter = null, ulong? before = null, bool isSession = false)
    {
        var numbering = SeqNumbering.OfExisting(directory, _filters, _catchUps, filter);
        lock (_gate)
        {
            _directory = directory;
            _endUnknown = true;
            _mayBeMissing = mayBeMissing;
            _isSession = isSession;
            SetNumbering_NeedsLock(numbering);
        }

        if (before is not null)
        {
            ChangeFilter(numbering, filter, before);
        }
    }

    /// <summary>Another filter holds for all lines that come, if it is another. Nothing, while the task does not exist.</summary>
    public void Refilter(IOutputFilter? filter)
    {
        if (Numbering is { } numbering && numbering.Fingerprint != OutputFilters.FingerprintOf(filter))
        {
            ChangeFilter(numbering, filter, before: null);
        }
    }

    /// <summary>The task is forgotten; its cursors wait for a task of the same id.</summary>
    public void Unbind()
    {
        lock (_gate)
        {
            _directory = null;
            _numbering?.Retire();
            _numbering = null;
            _end = default;
            _endUnknown = false;
            DropRing_NeedsLock();
            foreach (var cursor in _cursors)
            {
                Leave_NeedsLock(cursor);
            }

            Unplace_NeedsLock();
            ShowBinding_NeedsLock();
        }
    }

    /// <summary>The recorder has announced more.</summary>
    /// <returns>Whether the journal has begun a segment since.</returns>
    public bool Announce(in JournalEnd end)
    {
        var began = AnnounceHere(end);
        foreach (var view in Views)
        {
            view.AnnounceHere(end);
        }

        return began;
    }

    private bool AnnounceHere(in JournalEnd end)
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

        ShowLiveRuns();
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

        ShowLiveRuns();
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
        StirAll();
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
        }

        ShowLiveRuns();
        StirAll();
    }

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

    /// <summary>An old segment is about to be deleted: the numbers behind it stay known.</summary>
    /// <param name="next">The segment behind it.</param>
    /// <param name="count">Whether there is time to count the lines shown in it, if nobody has; else each of its lines keeps a number.</param>
    /// <exception cref="IOException">The journal cannot be read, or the numbers not be written.</exception>
    public void Leave(long next, bool count)
    {
        if (Numbering is { IsPlain: false } numbering)
        {
            numbering.Leave(next, End, count);
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

    /// <summary>What is there of the task now, for who has to read it to its end after the task is forgotten.</summary>
    public StreamRest Remains()
    {
        lock (_gate)
        {
            return new StreamRest(TaskId, _directory, _end, Ledger, _numbering, _isSession);
        }
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

    private void SetNumbering_NeedsLock(SeqNumbering numbering)
    {
        numbering.CaughtUp = CaughtUp;
        _numbering?.Retire();
        _numbering = numbering;
    }

    // Nobody has read further than what was announced: the lines behind that are the new filter's.
    private void ChangeFilter(SeqNumbering numbering, IOutputFilter? filter, ulong? before)
    {
        try
        {
            FindEnd();
        }
        catch (IOException)
        {
            // There is nothing to be read: what comes is all the new filter's.
        }

        lock (_gate)
        {
            // Nothing more is announced meanwhile, so nobody has read a line that the new filter is to judge. The one small file is worth the wait.
            numbering.Change(filter, before, Math.Max(1, _end.NextLine));
        }
    }

    private void CaughtUp() => StirAll();

    private void FindEnd()
    {
        if (main is not null)
        {
            main.FindEnd();
            var known = main.KnownEnd;
            lock (_gate)
            {
                if (_endUnknown && known.Segment != 0)
                {
                    (_end, _endUnknown) = (known, false);
                }
            }

            return;
        }

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
