// Turns a journal into finished frames, in order: the only place where the events of a task's stream are made. It must hold that
// the frames made from a position on are the same whoever makes them and whatever the blocks' sizes: cursors are stitched together
// at positions (TaskStream), and a resumed client must see what it would have seen. So a source knows nothing but the journal and
// the ledger of runs.
//
// An entry that does not fit, or must wait for the engine, is kept (HeldEntry) and Position stays before it.
//
// With an output filter (SeqNumbering) a source asks for the number of each line, and judges lines that nobody has judged before. A jump of the numbers, where
// lines are gone or the index could not be mended, is announced as a gap before the line behind it.

using Overseer.Recorder.Journal;
using Overseer.Streams.Forms;
using Overseer.Streams.SeqIndex;

namespace Overseer.Streams;

internal sealed class EventSource : IDisposable
{
    // How much may be passed over in one turn without making a frame of it.
    private const long MostHiddenBytes = 1 << 20;

    private readonly RunLedger _ledger;
    private readonly JournalReader _reader;
    private readonly HeldEntry _held;
    private readonly EventWriter _writer;
    private readonly SeqNumbering? _numbering;
    private SeqTrack? _track;
    private (long From, long Next)? _owed;
    private bool _numbered;
    private bool _shown;
    private long _seq;
    private SeqMark? _mark;
    private long _placeSeq;
    private long _linesGone;
    private long _hiddenBytes;

    private EventSource(string taskId, RunLedger ledger, JournalReader reader, SeqNumbering? numbering, FrameMaker? frames)
    {
        _writer = new EventWriter(taskId, ledger, frames ?? FrameMaker.Create(StreamForm.V2, taskId, isSession: false));
        _ledger = ledger;
        _reader = reader;
        _held = new HeldEntry(reader);
        _numbering = numbering;
        Watch();
    }

    /// <summary>The place after the last frame that was made.</summary>
    public JournalPosition Position { get; private set; }

    /// <summary>The number of the next line at <see cref="Position"/>.</summary>
    public long NextLine { get; private set; } = 1;

    /// <summary>The number that the next line shown gets: its own, without a filter; 0 while that is not known.</summary>
    public long NextSeq => _track is null ? NextLine : _placeSeq > 0 ? _placeSeq : _mark?.Seq ?? 0;

    /// <summary>How many frames were made since the source was opened.</summary>
    public long Frames => _writer.Frames;

    /// <inheritdoc cref="EventWriter.Starts"/>
    public bool Starts
    {
        get => _writer.Starts;
        set => _writer.Starts = value;
    }

    /// <summary>
    /// A source that begins right before line <paramref name="line"/>, or at the first line that is still there:
    /// <see cref="NextLine"/> says which.
    /// </summary>
    public static EventSource AtLine(string taskId, string directory, RunLedger ledger, long line, in JournalEnd end, SeqNumbering? numbering = null, FrameMaker? frames = null)
    {
        var source = new EventSource(taskId, ledger, line <= 1 && end.Segment == 1 ? JournalReader.OpenFirst(directory) : JournalReader.Open(directory), numbering, frames);
        if (line > 1)
        {
            source._reader.Seek(line, end);
        }

        source.TakePlace();
        return source;
    }

    /// <summary>A source that begins behind everything that is there.</summary>
    public static EventSource AtEnd(string taskId, string directory, RunLedger ledger, in JournalEnd end, SeqNumbering? numbering = null, FrameMaker? frames = null)
    {
        var source = new EventSource(taskId, ledger, JournalReader.Open(directory), numbering, frames);
        source._reader.SeekEnd(end);
        source.TakePlace();
        return source;
    }

    /// <summary>A source at a place that another one has reached.</summary>
    public static EventSource AtPosition(
        string taskId, string directory, RunLedger ledger, JournalPosition position, long nextLine, in JournalEnd end, SeqNumbering? numbering = null, long nextSeq = 0, FrameMaker? frames = null)
    {
        // One line earlier is before the place for sure; events between two lines (exits) are then passed one by one.
        var source = AtLine(taskId, directory, ledger, Math.Max(1, nextLine - 1), end, numbering, frames);
        while (source.Position < position && source._reader.TryRead(end, out _))
        {
            source.TakePlace();
        }

        source.Owe(nextLine, nextSeq);
        return source;
    }

    /// <summary>If the lines from <paramref name="line"/> on to where the source begins are gone, its first frame says so.</summary>
    /// <param name="line">The line.</param>
    /// <param name="seq">The number it gets if it is shown, when there is a filter; 0 when that is not known.</param>
    public void Owe(long line, long seq)
    {
        if (_track is null)
        {
            _owed = NextLine > line ? (line, NextLine) : null;
        }
        else
        {
            // The number of the first line tells whether any is missing.
            _placeSeq = _track.NextSeq = seq;
            _linesGone = NextLine - line;
        }
    }

    /// <summary>The same for a line whose number is not known yet.</summary>
    public void Owe(SeqMark mark) => _mark = mark;

    /// <summary>Finds <see cref="NextSeq"/> where the source begins. False: it cannot be told yet.</summary>
    public bool TryFindSeq()
    {
        if (_track is null)
        {
            return true;
        }

        if (!_track.TrySeqOf(NextLine, out var seq))
        {
            return false;
        }

        _placeSeq = _track.NextSeq = seq;
        return true;
    }

    /// <summary>
    /// Writes frames behind what the block holds until it is full, <paramref name="limit"/> is reached, or nothing more may be read.
    /// Frames of events older than <paramref name="since"/> (Unix ns) are left out.
    /// </summary>
    public FillResult Fill(FrameBlock block, in JournalEnd end, JournalPosition? limit = null, long since = long.MinValue, long maxFrames = long.MaxValue)
    {
        if (_track is null && Watch())
        {
            // Up to here each line was its own number.
            _placeSeq = _track!.NextSeq = NextLine;
        }

        if (_track is null)
        {
            return FillOn(block, end, limit, since, maxFrames);
        }

        if (_track.NextSeq == 0 && _mark is { Seq: > 0 } mark)
        {
            _placeSeq = _track.NextSeq = mark.Seq;
            _mark = null;
        }

        _hiddenBytes = 0;
        try
        {
            var result = TryOweBeginning(_track) ? FillOn(block, end, limit, since, maxFrames) : FillResult.Behind;
            _track.Commit();
            return result;
        }
        catch
        {
            _track.Abandon();
            throw;
        }
    }

    /// <summary>Passes up to <paramref name="events"/> events without making frames; for "the last N".</summary>
    public void Skip(long events, in JournalEnd end)
    {
        try
        {
            while (events > 0 && TryReadOn(end, out var entry))
            {
                TakePlace();
                events -= MakesFrame(entry) ? 1 : 0;
            }

            _track?.Commit();
        }
        catch
        {
            _track?.Abandon();
            throw;
        }
    }

    /// <summary>Counts the events from here to <paramref name="end"/> that happened at or after <paramref name="since"/>; the source is used up by it.</summary>
    public long Count(in JournalEnd end, long since)
    {
        try
        {
            long count = 0;
            while (TryReadOn(end, out var entry))
            {
                count += MakesFrame(entry) && entry.TimeNs >= since ? 1 : 0;
            }

            _track?.Commit();
            return count;
        }
        catch
        {
            _track?.Abandon();
            throw;
        }
    }

    public void Dispose()
    {
        _track?.Dispose();
        _reader.Dispose();
    }

    private bool MakesFrame(in JournalEntry entry) => entry.Kind == EntryKind.Line ? _track is null || _shown : entry.Kind == EntryKind.Exited;

    private void TakePlace()
    {
        Position = _reader.Position;
        NextLine = _reader.NextLine;
        if (_track is { } track)
        {
            _placeSeq = track.NextSeq;
            _numbered = false;
        }
    }

    // A filter may come while the source is open.
    private bool Watch()
    {
        if (_numbering is { IsPlain: false })
        {
            _track = new SeqTrack(_numbering);
        }

        return _track is not null;
    }

    private FillResult FillOn(FrameBlock block, in JournalEnd end, JournalPosition? limit, long since, long maxFrames)
    {
        while (true)
        {
            if (_owed is { } owed)
            {
                // In one block with the line behind it, so that nobody comes between them.
                var room = _held.Present && _held.Entry is { Kind: EntryKind.Line } line && _shown ? _writer.MaxFrameBytes(line) : 0;
                if (_writer.WriteGone(block, owed.From, owed.Next, room) != FillResult.Drained)
                {
                    return FillResult.More;
                }

                _owed = null;
                _placeSeq = owed.Next;
            }

            if ((limit is { } stop && Position >= stop) || Frames >= maxFrames)
            {
                return FillResult.More;
            }

            JournalEntry entry;
            if (_held.Present)
            {
                entry = _held.Entry;
            }
            else if (!_reader.TryRead(end, out entry))
            {
                return FillResult.Drained;
            }

            if (_track is not null && !_numbered)
            {
                if (!TryNumber(_track, entry))
                {
                    _held.Keep(entry);
                    return FillResult.Behind;
                }

                if (_owed is not null)
                {
                    _held.Keep(entry);
                    continue;
                }
            }

            var outcome = entry.TimeNs >= since ? Write(block, entry) : FillResult.Drained;
            if (outcome != FillResult.Drained)
            {
                _held.Keep(entry);
                return outcome;
            }

            _held.Clear();
            TakePlace();
            if (_track is not null && _hiddenBytes > MostHiddenBytes)
            {
                return FillResult.Paused;
            }
        }
    }

    // Finds out whether a line is shown, and its number; of a gap, the numbers of what is missing.
    private bool TryNumber(SeqTrack track, in JournalEntry entry)
    {
        if (entry.Kind == EntryKind.Line)
        {
            var expected = track.NextSeq;
            if (!track.TryNumber(entry, _held, out _shown, out _seq))
            {
                return false;
            }

            if (_seq != expected)
            {
                OweJump(track);
            }

            track.NextSeq = _shown ? _seq + 1 : _seq;
            _hiddenBytes += _shown ? 0 : entry.Data.Length + 1;
        }
        else if (entry.Kind == EntryKind.Gap)
        {
            var missing = entry.Line > NextLine;
            if ((missing && track.NextSeq == 0 && !TryFindSeq()) || !track.TryPass(entry, out _seq))
            {
                return false;
            }

            if (missing)
            {
                // What is missing was to be seen if it had numbers.
                OweJump(track);
                _ledger.Shown(_owed is null ? Recorder.Journal.GapReason.None : entry.GapReason);
                track.NextSeq = _seq;
            }
        }
        else if (track.TryPass(entry, out _seq) && track.NextSeq > 0 && _seq > track.NextSeq)
        {
            // Lines before it are gone, with their numbers; no other may come behind it.
            OweJump(track);
            track.NextSeq = _seq;
        }

        _numbered = true;
        return true;
    }

    // Lines are gone where the source begins: that is told also when no line comes any more.
    private bool TryOweBeginning(SeqTrack track)
    {
        if (_linesGone > 0)
        {
            if (!track.TrySeqOf(NextLine, out _seq))
            {
                return false;
            }

            OweJump(track);
            _placeSeq = track.NextSeq = Math.Max(_seq, track.NextSeq);
        }

        return true;
    }

    private void OweJump(SeqTrack track)
    {
        var expected = track.NextSeq > 0 ? track.NextSeq : Math.Max(1, _seq - _linesGone);
        _linesGone = 0;
        if (_seq > expected)
        {
            _owed = (expected, _seq);
        }
    }

    // For who only counts.
    private bool TryReadOn(in JournalEnd end, out JournalEntry entry)
    {
        if (!_reader.TryRead(end, out entry))
        {
            return false;
        }

        if (_track is not null && !TryNumber(_track, entry))
        {
            throw new LinesUnnumberedException();
        }

        _owed = null;
        _numbered = false;
        return true;
    }

    private FillResult Write(FrameBlock block, in JournalEntry entry) => entry.Kind switch
    {
        EntryKind.Line when _track is null => _writer.WriteLine(block, entry, entry.Line),
        EntryKind.Line when _shown => _writer.WriteLine(block, entry, _seq),
        EntryKind.Started => _writer.WriteStart(block, entry),
        EntryKind.Exited => _writer.WriteExit(block, entry),
        EntryKind.Gap => WriteGap(block, entry),
        _ => FillResult.Drained,
    };

    private FillResult WriteGap(FrameBlock block, in JournalEntry entry)
    {
        // Where lines are missing in the middle, the entry's line is the first that is there again.
        var missing = entry.Line > NextLine;
        if (_track is not null && missing)
        {
            // What is missing in the middle is owed, if it had numbers at all.
            return FillResult.Drained;
        }

        var (first, next) = _track is not null ? (_seq, _seq + 1) : missing ? (NextLine, entry.Line) : (entry.Line, entry.Line + 1);
        return _writer.WriteGap(block, first, next, entry.GapReason);
    }
}
