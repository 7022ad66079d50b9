namespace Overseer.Recorder.Journal;

// Inside one chunk.
public sealed partial class JournalReader
{
    private enum Stage : byte
    {
        BetweenChunks,
        Output,
        Record,
        CutLine,
        ExitedStdout,
        ExitedStderr,
        Exited,
        Damage,
    }

    // Entries without bytes of their own share an offset: a damaged chunk's notice with the chunk's last line, the lines that an exit finishes with
    // whatever ended before the exit.
    private const int StepAfterDamage = 1;
    private const int StepAfterFirstCut = 2;
    private const int StepAfterSecondCut = 3;

    private ChunkHeader _chunk;
    private long _place;
    private int _dataAt;
    private Stage _stage;

    // In an output chunk: bytes of its data that were returned, lines that still end in it (negative while parked), and the length of the
    // unfinished line before what comes next, whose bytes are in _lane.
    private int _used;
    private int _linesLeft;
    private int _pending;
    private LaneBuffer? _lane;
    private LaneBuffer? _joined;
    private bool _damaged;
    private bool _parked;

    private long ChunkEnd => _place + ChunkHeader.Size + _chunk.Length;

    private ReadOnlySpan<byte> ChunkData => _window.Bytes.AsSpan(_dataAt, _chunk.Length);

    /// <summary>The bytes of the line that was returned last, where they lie: in the window, or, when it began in an earlier chunk, in its lane.</summary>
    internal ReadOnlyMemory<byte> MemoryOf(ReadOnlySpan<byte> data) =>
        _window.Bytes.AsSpan().Overlaps(data, out var at) ? _window.Bytes.AsMemory(at, data.Length) : _joined?.MemoryOf(data) ?? default;

    private bool? EnterChunk()
    {
        _used = 0;
        _damaged = Crc32C.Append(_segment.Seed, ChunkData) != _chunk.DataCrc;
        if (_damaged && _chunk.Kind != ChunkKind.Output)
        {
            _stage = Stage.Damage;
            return null;
        }

        switch (_chunk.Kind)
        {
            case ChunkKind.Output:
                EnterOutput();
                break;
            case ChunkKind.Started when ChunkPayload.Fits(ChunkKind.Started, _chunk.Length):
                (RunId, ProcessStartTime) = ChunkPayload.ReadStarted(ChunkData);
                _stage = Stage.Record;
                break;
            case ChunkKind.Exited when ChunkPayload.Fits(ChunkKind.Exited, _chunk.Length):
                Exit = ChunkPayload.ReadExited(ChunkData);
                RunId = Exit.RunId;
                _stage = Stage.ExitedStdout;
                break;
            case ChunkKind.Gap when ChunkPayload.Fits(ChunkKind.Gap, _chunk.Length):
                Gap = ChunkPayload.ReadGap(ChunkData);
                _stage = Stage.Record;
                break;
            case ChunkKind.Cut:
                _stage = Stage.CutLine;
                break;
            default:
                // Carry repeats what the previous segment had: a lane that needs it finds it. Kinds of a later version have no lines of ours.
                LeaveChunk();
                _nextLine = _chunk.NextLine;
                break;
        }

        return null;
    }

    private void EnterOutput()
    {
        _stage = Stage.Output;
        _linesLeft = _chunk.Lines;
        _pending = _chunk.PendingLength;
        _lane = null;
        if (_pending > 0 && _linesLeft > 0 && !TryFindLane(_chunk.Stream, new PendingLine(_chunk.PendingBack, _pending), out _lane))
        {
            _pending = 0;
            _damaged = true;
        }
    }

    // The common case: the line is whole, ends with '\n' and lies in this chunk. Changes nothing when it is another case.
    private bool TryReadWholeLine(out JournalEntry entry)
    {
        var max = _segment.Header.MaxLineBytes;
        var length = _chunk.Length - _used;
        var data = _window.Bytes.AsSpan(_dataAt + _used, length > max ? max + 1 : length);
        var newline = _pending == 0 ? data.IndexOf((byte)'\n') : -1;
        if (newline < 0)
        {
            entry = default;
            return false;
        }

        _used += newline + 1;
        _linesLeft--;
        _position = new JournalPosition(_segment.FirstLine, _place + ChunkHeader.Size + _used, 0);
        var dropped = newline > 0 && data[newline - 1] == (byte)'\r' ? 1 : 0;
        entry = new JournalEntry(this, EntryKind.Line, _nextLine++, _chunk.Stream, data[..(newline - dropped)], partial: false);
        return true;
    }

    private bool TryReadInChunk(out JournalEntry entry)
    {
        entry = default;
        if (_parked)
        {
            Unpark();
        }

        switch (_stage)
        {
            case Stage.Output:
                return _linesLeft > 0 ? TryReadWholeLine(out entry) || TryReadJoinedLine(out entry) : LeaveOutput();
            case Stage.CutLine:
                LeaveChunk();
                return TryReadCutLine(_chunk.Stream, new PendingLine(_chunk.PendingBack, _chunk.PendingLength), out entry);
            case Stage.ExitedStdout:
                _stage = Stage.ExitedStderr;
                return TryReadExitedLine(OutputStream.Stdout, out entry);
            case Stage.ExitedStderr:
                _stage = Stage.Exited;
                return TryReadExitedLine(OutputStream.Stderr, out entry);
            case Stage.Damage:
                LeaveChunk();
                _lanes.Clear();
                _nextLine = _chunk.NextLine;
                return MakeGap(GapReason.Damaged, _chunk.Length, out entry, StepAfterDamage);
            default:
                LeaveChunk();
                _position = new JournalPosition(_segment.FirstLine, _scanned, 0);
                entry = new JournalEntry(this, KindOfRecord(_chunk.Kind), _nextLine, _chunk.Stream, default, partial: false);
                return true;
        }
    }

    private static EntryKind KindOfRecord(ChunkKind kind) => kind switch
    {
        ChunkKind.Started => EntryKind.Started,
        ChunkKind.Exited => EntryKind.Exited,
        _ => EntryKind.Gap,
    };

    // A line that began in an earlier chunk, or one at the limit.
    private bool TryReadJoinedLine(out JournalEntry entry)
    {
        entry = default;
        var data = ChunkData[_used..];
        var tail = _lane is null ? 0 : LineRule.Tail(_lane.Bytes, 0);
        var verdict = LineRule.Next(data, _pending, tail, _segment.Header.MaxLineBytes, out var consumed, out var giveBack);
        if (verdict == LineRule.Verdict.Unfinished)
        {
            // The header promised a line that is not there.
            _linesLeft = 0;
            _damaged = true;
            return false;
        }

        var partial = verdict == LineRule.Verdict.Partial;
        var content = partial ? data[..consumed] : data[..(consumed - 1)];
        if (_lane is { } lane)
        {
            lane.Append(content);
            content = lane.Bytes[..(lane.Length - giveBack)];
            lane.KeepLast(giveBack);
            _joined = lane;
            _lane = giveBack > 0 ? lane : null;
        }

        _pending = giveBack;
        _used += consumed;
        _linesLeft--;
        _position = new JournalPosition(_segment.FirstLine, _place + ChunkHeader.Size + _used, 0);
        content = !partial && content.Length > 0 && content[^1] == (byte)'\r' ? content[..^1] : content;
        entry = new JournalEntry(this, EntryKind.Line, _nextLine++, _chunk.Stream, content, partial);
        return true;
    }

    // Keeps what is unfinished now. False: no entry was made.
    private bool LeaveOutput()
    {
        var rest = ChunkData[_used..];
        var lane = _lanes.Of(_chunk.Run, _chunk.Stream);
        if (_damaged)
        {
            lane.KeepLast(0);
            _stage = Stage.Damage;
            return false;
        }

        if (_chunk.Lines > 0)
        {
            lane.KeepLast(_pending);
        }
        else if (lane.Length != _chunk.PendingLength)
        {
            // Reading began in the middle of this line: its beginning is fetched when its end is met.
            lane.KeepLast(0);
            rest = default;
        }

        lane.Append(rest);
        lane.Trim();
        LeaveChunk();
        return false;
    }

    private bool TryReadExitedLine(OutputStream stream, out JournalEntry entry)
    {
        var pending = ChunkPayload.ReadPendingOfExited(ChunkData, stream);
        if (!TryReadCutLine(stream, pending, out entry))
        {
            return false;
        }

        var second = stream == OutputStream.Stderr && ChunkPayload.ReadPendingOfExited(ChunkData, OutputStream.Stdout).Length > 0;
        _position = new JournalPosition(_segment.FirstLine, _place, second ? StepAfterSecondCut : StepAfterFirstCut);
        return true;
    }

    // A line that ends without a '\n'. Also forgets the lane.
    private bool TryReadCutLine(OutputStream stream, PendingLine pending, out JournalEntry entry)
    {
        entry = default;
        if (pending.Length == 0)
        {
            return false;
        }

        if (!TryFindLane(stream, pending, out var lane))
        {
            _nextLine++;
            return MakeGap(GapReason.Damaged, pending.Length, out entry);
        }

        var content = lane!.Bytes;
        lane.KeepLast(0);
        _joined = lane;
        _position = new JournalPosition(_segment.FirstLine, _scanned, 0);
        entry = new JournalEntry(this, EntryKind.Line, _nextLine++, stream, content, partial: false);
        return true;
    }

    // The unfinished line before this chunk: as it was met on the way, or else from the file.
    private bool TryFindLane(OutputStream stream, PendingLine pending, out LaneBuffer? lane)
    {
        lane = _lanes.Of(_chunk.Run, stream);
        if (lane.Length == pending.Length)
        {
            return true;
        }

        lane.KeepLast(0);
        if (pending.Length > _segment.Header.MaxLineBytes)
        {
            return false;
        }

        if (LaneBytes.TryRead(_segment, _place - pending.Back, _place, _chunk.Run, stream, lane.Extend(pending.Length)))
        {
            return true;
        }

        lane.KeepLast(0);
        return false;
    }

    private void LeaveChunk()
    {
        _stage = Stage.BetweenChunks;
        _linesLeft = 0;
        _scanned = ChunkEnd;
    }

    private void Unpark()
    {
        if (_window.Load(_segment, _place, ChunkEnd, out _, out _dataAt) != ChunkState.Done)
        {
            throw new JournalFormatException(_segment.Path, $"{_segment.Path} was changed while it was read, at offset {_place}");
        }

        _parked = false;
        _linesLeft = -_linesLeft;
    }
}
