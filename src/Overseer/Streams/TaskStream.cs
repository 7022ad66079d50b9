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
// It is one class in several files because it is one lock: a take looks at the cursor, the ring, the end and the binding together, and an announcement, a confirmed start or
// another journal may come between any two of them. What needs no lock of its own to be right is elsewhere: the cursors and who of them waits (StreamCursors), the blocks
// (FrameRing), the runs (RunLedger), the numbers (SeqNumbering), the frames (EventSource).
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
    private readonly StreamCursors _cursors = new();
    private string? _directory;
    private JournalEnd _end;
    private bool _endUnknown;
    private bool _mayBeMissing;
    private FrameRing? _ring;
    private bool _encoding;
    private bool _more;
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
                _cursors.Unplace();
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
            _cursors.LeaveBlocks();
            _cursors.Unplace();
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

    /// <summary>What is there of the task now, for who has to read it to its end after the task is forgotten.</summary>
    public StreamRest Remains()
    {
        lock (_gate)
        {
            return new StreamRest(TaskId, _directory, _end, Ledger, _numbering, _isSession);
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
