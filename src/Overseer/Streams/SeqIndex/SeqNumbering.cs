// The numbers of one task's lines. `seq` counts the lines that an output filter shows; without a filter it is the line's own number, and this class does nothing.
//
// What must hold:
//  - Each line is judged once, by whoever comes to it first: the ring's head, a reader alone, or a catch-up. The place where judging goes on is the frontier;
//    all lines before it are numbered, none behind it. One at a time judges, a turn at a time (a block of frames, half a MiB of journal).
//  - A number is in the index before anybody sees it, so the next server, also one with other filters, knows it.
//  - What is in the index is never judged again. What is missing or damaged there is, by the filter that was in force; where that is not to be had any more, its
//    numbers are not given again: readers see a jump of seq and announce it as a gap.
//  - Nothing is judged while nobody watches; who comes then waits for the catch-up, on the pool, half a MiB at a time, taking turns with other tasks.
//
// Rejected: judging in each reader (twice the work, and two opinions), line ranges without a bitmap (a filter that is gone could not be asked again which lines
// it had shown), numbers in the recorder (it does not know filters, and must not wait for one).

using Overseer.Core.Drivers;
using Overseer.Recorder.Journal;

namespace Overseer.Streams.SeqIndex;

/// <summary>The numbers of one journal's lines. Thread-safe.</summary>
internal sealed partial class SeqNumbering
{
    private readonly string _directory;
    private readonly OutputFilters _filters;
    private readonly CatchUpLane _lane;
    private readonly Lock _gate = new();
    private ulong _fingerprint;
    private bool _looked;
    private FilterHistory? _history;
    private FilterHistory? _unsavedHistory;

    // The frontier and what belongs to it; under the gate.
    private Parts? _parts;
    private bool _adopted;
    private long _line = 1;
    private long _seq = 1;
    private SeqRecord _tail;
    private (long Index, byte[] Records)? _unsaved;
    private readonly List<SeqSegment> _segments = [];

    private SeqNumbering(string directory, OutputFilters filters, CatchUpLane lane, IOutputFilter? filter, bool isNew)
    {
        _directory = directory;
        _filters = filters;
        _lane = lane;
        _fingerprint = OutputFilters.FingerprintOf(filter);
        _looked = isNew;
        _adopted = isNew;
        _history = isNew && filter is not null ? FilterHistory.Of(_fingerprint) : null;
    }

    /// <summary>The journal.</summary>
    public string Directory => _directory;

    /// <summary>Told when a catch-up has ended, well or not. Set before anything is asked.</summary>
    public Action? CaughtUp { get; set; }

    /// <summary>Whether each line is its own number: no filter, now or ever.</summary>
    public bool IsPlain
    {
        get
        {
            if (!Volatile.Read(ref _looked))
            {
                Look();
            }

            return Volatile.Read(ref _history) is null;
        }
    }

    /// <summary>The line that is numbered next, and the number it gets if it is shown.</summary>
    public (long Line, long Seq) Frontier
    {
        get
        {
            lock (_gate)
            {
                return _adopted ? (_line, _seq) : (0, 0);
            }
        }
    }

    /// <summary>The filter that holds now; 0 for none.</summary>
    public ulong Fingerprint
    {
        get
        {
            lock (_gate)
            {
                return _fingerprint;
            }
        }
    }

    /// <summary>The numbers of a journal that begins now.</summary>
    public static SeqNumbering OfNew(string directory, OutputFilters filters, CatchUpLane lane, IOutputFilter? filter) => new(directory, filters, lane, filter, isNew: true);

    /// <summary>The numbers of a journal that is there already. Nothing is read before somebody asks.</summary>
    public static SeqNumbering OfExisting(string directory, OutputFilters filters, CatchUpLane lane, IOutputFilter? filter) => new(directory, filters, lane, filter, isNew: false);

    /// <summary>From a line on, which nobody has read, another filter holds.</summary>
    /// <param name="filter">The filter, or none.</param>
    /// <param name="before">The one that held until now, when that is known better than by the one that was given at the beginning.</param>
    /// <param name="line">The line.</param>
    public void Change(IOutputFilter? filter, ulong? before, long line)
    {
        _ = IsPlain;
        lock (_gate)
        {
            var history = _history is { HasChanges: true } known ? known : FilterHistory.Of(before ?? _fingerprint);
            _fingerprint = OutputFilters.FingerprintOf(filter);
            history = history.With(line, _fingerprint);
            Volatile.Write(ref _history, history.IsPlain ? null : history);
            SaveHistory_NeedsLock(history);
        }
    }

    /// <summary>Where the number of a line is.</summary>
    public SeqFind Find(long line, out SeqRecord record, out SeqSegment segment)
    {
        record = default;
        segment = default;
        lock (_gate)
        {
            // Without a filter after all (one came and went before there was a line for it), it may be the line of one that comes next: so only this line.
            if (_history is null || line < _history.PlainUntil)
            {
                record = SeqRecord.Plain(line, _history?.PlainUntil ?? line + 1);
                return SeqFind.Record;
            }

            if (!_adopted || line > _line)
            {
                return SeqFind.Unknown;
            }

            if (line == _line)
            {
                return SeqFind.Next;
            }

            if (_tail.Holds(line))
            {
                record = _tail;
                return SeqFind.Record;
            }

            if (!TryFindSegment_NeedsLock(line, out segment))
            {
                return SeqFind.Gone;
            }

            return _unsaved is { } unsaved && segment == _segments[^1] && TryUnsaved(unsaved, line, segment, out record) ? SeqFind.Record : SeqFind.File;
        }
    }

    /// <summary>What a record said cannot be: everything is looked at again, from the oldest segment on.</summary>
    public void Doubt()
    {
        lock (_gate)
        {
            _adopted = false;
        }
    }

    private static bool TryUnsaved((long Index, byte[] Records) unsaved, long line, in SeqSegment segment, out SeqRecord record)
    {
        var index = segment.IndexOf(line);
        var at = index - unsaved.Index;
        record = default;
        return at >= 0
            && (at + 1) * SeqRecord.Size <= unsaved.Records.Length
            && SeqRecord.TryRead(unsaved.Records.AsSpan((int)at * SeqRecord.Size), segment.Seed, segment.FirstLine + (index * SeqRecord.Lines), out record);
    }

    // A task of an earlier server, when somebody reads it for the first time: has it an index?
    private void Look()
    {
        lock (_gate)
        {
            if (_looked)
            {
                return;
            }

            var history = FilterHistory.Load(_directory);
            if (history is null && _fingerprint != 0)
            {
                history = FilterHistory.Of(_fingerprint);
            }
            else if (history is null && SeqFile.HasAny(_directory) && SeqFile.LastFingerprint(_directory) is { } last and not 0)
            {
                history = FilterHistory.Of(last);
            }

            Volatile.Write(ref _history, history);
            Volatile.Write(ref _looked, true);
        }
    }

    private void SaveHistory_NeedsLock(FilterHistory history)
    {
        try
        {
            history.Save(_directory);
            _unsavedHistory = null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A full disk: it is written with the next lines.
            _unsavedHistory = history;
        }
    }

    private bool TryFindSegment_NeedsLock(long line, out SeqSegment segment)
    {
        for (var i = _segments.Count - 1; i >= 0; i--)
        {
            if (_segments[i].FirstLine <= line)
            {
                segment = _segments[i];
                return true;
            }
        }

        segment = default;
        return false;
    }

    // What judging needs; made when the first line is judged.
    private sealed record Parts(LineJudge Judge, SeqWriter Writer);
}
