using Microsoft.Win32.SafeHandles;
using Overseer.Recorder.Journal;

namespace Overseer.Streams.SeqIndex;

/// <summary>
/// One reader's way through the numbers of a journal: looked up behind the frontier, judged at it. The index of the segment that is read stays open, as the
/// segment itself: who reads one that is deleted reads it to its end. Not thread-safe.
/// </summary>
internal sealed class SeqTrack(SeqNumbering numbering) : IDisposable
{
    private const int WindowRecords = 64;
    private byte[]? _window;
    private SeqSegment _segment;
    private SafeFileHandle? _file;
    private long _windowFrom;
    private int _windowBytes;
    private SeqRecord _record;
    private long _next;
    private bool _judging;

    /// <summary>The number that the next line shown gets; 0 while that is not known.</summary>
    public long NextSeq { get; set; }

    /// <summary>
    /// Numbers the next line: whether it is shown, and the number that it has or, when it is not shown, that the next one has. False: it cannot be told yet.
    /// </summary>
    /// <param name="entry">The line.</param>
    /// <param name="held">Has its bytes, when it was read some time ago.</param>
    /// <param name="shown">Whether it is shown.</param>
    /// <param name="seq">The number.</param>
    public bool TryNumber(in JournalEntry entry, HeldEntry held, out bool shown, out long seq)
    {
        if (!_judging && !_record.Holds(entry.Line))
        {
            switch (Find(entry.Line))
            {
                case SeqFind.Unknown:
                    (shown, seq) = (false, 0);
                    return false;
                case SeqFind.Gone:
                    (shown, seq) = (false, NextSeq);
                    return true;
                case SeqFind.Next:
                    _judging = true;
                    break;
            }
        }

        if (_judging)
        {
            shown = numbering.Judge(entry, held.Present ? held.Memory : entry.Memory);
            // Lines that were missing before it have got numbers.
            seq = shown ? numbering.NextSeq - 1 : numbering.NextSeq;
            return true;
        }

        // Line by line the numbers go on as they are; only elsewhere they are counted.
        var at = (int)(entry.Line - _record.FirstLine);
        shown = _record.Shows(at);
        seq = entry.Line == _next ? NextSeq : _record.SeqAt(at);
        if (seq >= NextSeq)
        {
            _next = at + 1 < _record.Count ? entry.Line + 1 : 0;
            return true;
        }

        // Numbers never go back.
        numbering.Doubt();
        Forget();
        NextSeq = 0;
        return false;
    }

    /// <summary>Takes in an entry that is no line; gives the number of the line that comes next. False: it cannot be told yet.</summary>
    public bool TryPass(in JournalEntry entry, out long seq)
    {
        if (!_judging && Find(entry.Line) == SeqFind.Next)
        {
            _judging = true;
        }

        if (_judging)
        {
            numbering.Pass(entry);
            seq = numbering.NextSeq;
            return true;
        }

        return TrySeqOf(entry.Line, out seq);
    }

    /// <summary>The number that the first line shown from a line on gets; 0 when its segment is gone. Judges nothing. False: it cannot be told yet.</summary>
    public bool TrySeqOf(long line, out long seq)
    {
        seq = 0;
        if (_judging)
        {
            seq = numbering.NextSeq;
            return true;
        }

        while (true)
        {
            switch (_record.Holds(line) ? SeqFind.Record : Look(line))
            {
                case SeqFind.Record:
                    seq = _record.SeqAt((int)(line - _record.FirstLine));
                    return true;
                case SeqFind.Next:
                    var frontier = numbering.Frontier;
                    if (frontier.Line == line)
                    {
                        seq = frontier.Seq;
                        return true;
                    }

                    break;
                case SeqFind.Gone:
                    seq = NextSeq;
                    return true;
                default:
                    return false;
            }
        }
    }

    /// <summary>The record of a line that is numbered.</summary>
    public bool TryFindRecord(long line, out SeqRecord record)
    {
        var found = _record.Holds(line) || Look(line) == SeqFind.Record;
        record = _record;
        return found;
    }

    /// <summary>Ends a turn of judging, if one was begun.</summary>
    /// <exception cref="IOException">The index cannot be written.</exception>
    public void Commit()
    {
        if (_judging)
        {
            _judging = false;
            numbering.Commit();
        }
    }

    /// <summary>Ends a turn of judging that failed, if one was begun.</summary>
    public void Abandon()
    {
        if (_judging)
        {
            _judging = false;
            numbering.Abandon();
        }
    }

    public void Dispose()
    {
        Abandon();
        _file?.Dispose();
        _file = null;
    }

    // Next: a turn of judging has begun.
    private SeqFind Find(long line)
    {
        while (true)
        {
            var found = Look(line);
            if (found != SeqFind.Next || numbering.TryBegin(line))
            {
                return found;
            }
        }
    }

    // Record: it is in _record now.
    private SeqFind Look(long line)
    {
        var found = numbering.Find(line, out var record, out var segment);
        switch (found)
        {
            case SeqFind.Record:
                _record = record;
                return found;
            case SeqFind.File:
                return Load(line, segment);
            default:
                return found;
        }
    }

    private SeqFind Load(long line, in SeqSegment segment)
    {
        if (_segment != segment || _file is null)
        {
            Forget();
            _segment = segment;
            _file = SeqFile.OpenToRead(numbering.Directory, segment.FirstLine);
        }

        if (_file is null && !File.Exists(SegmentName.Of(numbering.Directory, segment.FirstLine)))
        {
            numbering.Drop(segment.FirstLine);
            return SeqFind.Gone;
        }

        // What was read ahead may have been the last record, which has grown since: so it is read once more before it is doubted.
        var index = segment.IndexOf(line);
        if (_file is not null && (TryTake(line, index) || (Fill(index) && TryTake(line, index))))
        {
            return SeqFind.Record;
        }

        numbering.Doubt();
        Forget();
        return SeqFind.Unknown;
    }

    private bool TryTake(long line, long index)
    {
        var at = index - _windowFrom;
        return at >= 0
            && (at + 1) * SeqRecord.Size <= _windowBytes
            && SeqRecord.TryRead(_window.AsSpan((int)at * SeqRecord.Size), _segment.Seed, _segment.FirstLine + (index * SeqRecord.Lines), out _record)
            && _record.Holds(line);
    }

    private bool Fill(long index)
    {
        _window ??= new byte[WindowRecords * SeqRecord.Size];
        _windowFrom = index;
        _windowBytes = SeqFile.Read(_file!, index, _window);
        return _windowBytes >= SeqRecord.Size;
    }

    private void Forget()
    {
        _file?.Dispose();
        _file = null;
        _windowBytes = 0;
        _record = default;
        _next = 0;
    }
}
