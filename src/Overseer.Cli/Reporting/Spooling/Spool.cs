// What is reported lies here until the hub has it.
//
// What must hold: the order is kept; a record gets its delivery number when it is first taken, and has the same one whenever it is taken again, by this process or by one that
// finds what this one has left; nothing is above the limit for longer than it takes to give up the oldest lines; what is not a line is never given up.
//
// Numbers count what is sent, so they are not given before: lines that are given up leave no hole. A segment gets the number of its first record before that is taken, and then
// stays as it is. Those behind it may be reduced to what is not a line and one record that says how many lines are gone, so what goes is the oldest of what was never sent.
//
// The disk is not synced: what is here has to outlive this process, not the machine's power. A file with which all is well is thrown away before the kernel has written it out.

using System.Buffers;

namespace Overseer.Cli.Reporting.Spooling;

/// <summary>A queue of messages on the disk, bounded, with one taker. Thread-safe.</summary>
internal sealed class Spool : IDisposable
{
    /// <summary>What may be in memory, where the disk fails.</summary>
    private const long MaxMemoryBytes = 4 << 20;

    private const int MaxSegmentBytes = 4 << 20;
    private const int GatheredBytes = 64 * 1024;
    private const int ReadBytes = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly SpoolPlace _place;
    private readonly Func<long, byte[]> _lostMessage;
    private readonly Action? _delete;
    private readonly ArrayBufferWriter<byte> _gathered = new(4096);
    private readonly Queue<InFlight> _inFlight = new();
    private readonly List<SpoolSegment> _segments = [];
    private long _limit;
    private long _bytes;
    private long _next = 1;
    private int _at;
    private long _offset = SpoolSegment.HeaderBytes;
    private (int Segment, long Offset) _head = (0, SpoolSegment.HeaderBytes);
    private long _inFlightBytes;
    private byte[] _read = [];
    private long _readAt;
    private int _readLength;

    private Spool(string id, SpoolPlace place, long limit, Func<long, byte[]> lostMessage, Action? delete)
    {
        Id = id;
        _place = place;
        _limit = limit;
        _lostMessage = lostMessage;
        _delete = delete;
    }

    /// <summary>The id of this delivery, a UUID.</summary>
    internal string Id { get; }

    /// <summary>How many bytes of records have been taken and have not arrived.</summary>
    internal long InFlightBytes => Volatile.Read(ref _inFlightBytes);

    /// <summary>The number of the record that was last taken; 0 for none.</summary>
    internal long LastTaken => Volatile.Read(ref _next) - 1;

    /// <summary>Whether its records outlive this process.</summary>
    internal bool IsOnDisk
    {
        get
        {
            lock (_gate)
                return !_place.IsMemory;
        }
    }

    /// <summary>How much there is, headers included.</summary>
    internal long Bytes
    {
        get
        {
            lock (_gate)
                return _bytes + _gathered.WrittenCount;
        }
    }

    /// <summary>Whether everything has arrived.</summary>
    internal bool IsDrained
    {
        get
        {
            lock (_gate)
                return _inFlight.Count == 0 && _gathered.WrittenCount == 0 && IsAtEnd_NeedsLock();
        }
    }

    private SpoolSegment Active => _segments[^1];

    private long SegmentBytes => Math.Clamp(_limit / 16, 1, MaxSegmentBytes);

    /// <summary>Opens a spool: an empty one, or what an earlier process has left.</summary>
    /// <param name="id">The id of its delivery.</param>
    /// <param name="place">Where it is.</param>
    /// <param name="limit">How many bytes it may have.</param>
    /// <param name="lostMessage">Makes the message that says how many lines are gone.</param>
    /// <param name="delete">Removes the place, once there is nothing in it.</param>
    /// <param name="last">Whether the end of the report is in it.</param>
    internal static Spool Open(string id, SpoolPlace place, long limit, Func<long, byte[]> lostMessage, Action? delete, out bool last)
    {
        var spool = new Spool(id, place, limit, lostMessage, delete);
        last = spool.Recover();
        spool.Roll_NeedsLock();
        spool.Shrink_NeedsLock();
        return spool;
    }

    /// <summary>Adds a record. It can be taken after the next <see cref="Commit"/>.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="payload">What is to be sent.</param>
    internal void Add(RecordKind kind, ReadOnlySpan<byte> payload)
    {
        if (payload.Length > SpoolRecord.MaxPayloadBytes)
            throw new ArgumentException($"{payload.Length} bytes are too many for a record", nameof(payload));
        lock (_gate)
        {
            int length = SpoolRecord.HeaderBytes + payload.Length;
            if (Active.Length + _gathered.WrittenCount + length > SegmentBytes && Active.Length + _gathered.WrittenCount > SpoolSegment.HeaderBytes)
            {
                Flush_NeedsLock();
                Roll_NeedsLock();
            }
            _ = SpoolRecord.Write(_gathered.GetSpan(length), kind, kind == RecordKind.Line ? 1 : 0, payload);
            _gathered.Advance(length);
            if (_gathered.WrittenCount >= GatheredBytes)
                Flush_NeedsLock();
        }
    }

    /// <summary>Has everything that was added written.</summary>
    internal void Commit()
    {
        lock (_gate)
            Flush_NeedsLock();
    }

    /// <summary>Takes the next record.</summary>
    /// <param name="destination">Where its payload goes.</param>
    /// <returns>Its delivery number; 0 when there is none.</returns>
    internal long Take(IBufferWriter<byte> destination)
    {
        lock (_gate)
        {
            if (!MoveOn_NeedsLock())
                return 0;
            SpoolSegment segment = _segments[_at];
            SpoolRecord record = Read_NeedsLock(segment, _offset);
            long number = _next++;
            _offset += record.Length;
            _inFlight.Enqueue(new InFlight(number, segment, _offset, record.Length));
            _inFlightBytes += record.Length;
            destination.Write(record.Payload);
            return number;
        }
    }

    /// <summary>Whatever was taken and has not arrived will be taken again.</summary>
    internal void Rewind()
    {
        lock (_gate)
        {
            _next -= _inFlight.Count;
            _inFlight.Clear();
            _inFlightBytes = 0;
            (_at, _offset) = _head;
            _readLength = 0;
        }
    }

    /// <summary>Everything up to that number has arrived.</summary>
    /// <returns>Whether that was not known.</returns>
    internal bool Acknowledge(long number)
    {
        lock (_gate)
        {
            InFlight? arrived = null;
            while (_inFlight.TryPeek(out InFlight first) && first.Number <= number)
            {
                arrived = _inFlight.Dequeue();
                _inFlightBytes -= first.Length;
            }
            if (arrived is not { } latest)
                return false;
            _head = (_segments.IndexOf(latest.Segment), latest.End);
            Discard_NeedsLock(latest.Number + 1);
            return true;
        }
    }

    /// <summary>Removes everything, on the disk too.</summary>
    internal void Delete()
    {
        lock (_gate)
        {
            foreach (SpoolSegment segment in _segments)
                segment.Delete();
            _segments.Clear();
            _delete?.Invoke();
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (SpoolSegment segment in _segments)
                segment.Dispose();
            _segments.Clear();
        }
    }

    private bool Recover()
    {
        foreach ((long number, ISegmentBytes bytes) in _place.Existing().ToList())
        {
            if (SpoolSegment.Open(number, bytes) is not { } segment)
            {
                bytes.Delete();
                bytes.Dispose();
                continue;
            }
            // A reduced one was written before those were deleted for which it stands.
            while (_segments.Count > 0 && Active.Number >= segment.Covers)
            {
                _bytes -= Active.Length;
                Active.Delete();
                _segments.RemoveAt(_segments.Count - 1);
            }
            _segments.Add(segment);
            _bytes += segment.Length;
        }
        _next = _segments.Count > 0 && _segments[0].IsBegun ? _segments[0].First : 1;
        return _segments.Any(segment => Kinds(segment).Contains(RecordKind.Last));
    }

    private static List<RecordKind> Kinds(SpoolSegment segment)
    {
        var kinds = new List<RecordKind>();
        ReadOnlySpan<byte> records = segment.ReadAll();
        while (SpoolRecord.TryRead(records, out SpoolRecord record))
        {
            kinds.Add(record.Kind);
            records = records[record.Length..];
        }
        return kinds;
    }

    private void Flush_NeedsLock()
    {
        if (_gathered.WrittenCount == 0)
            return;
        ReadOnlySpan<byte> records = _gathered.WrittenSpan;
        if (!TryAppend_NeedsLock(records))
        {
            // A full disk. What others do to it may pass, but waiting for that would stop the program that is reported.
            _place.GiveUpTheDisk();
            Roll_NeedsLock();
            Active.Append(records);
        }
        _bytes += records.Length;
        _gathered.ResetWrittenCount();
        Shrink_NeedsLock();
    }

    private bool TryAppend_NeedsLock(ReadOnlySpan<byte> records)
    {
        try
        {
            Active.Append(records);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private void Roll_NeedsLock()
    {
        SpoolSegment? segment;
        try
        {
            segment = SpoolSegment.Create(_segments.Count == 0 ? 1 : Active.Number + 1, _place);
        }
        catch (IOException)
        {
            _place.GiveUpTheDisk();
            segment = SpoolSegment.Create(_segments.Count == 0 ? 1 : Active.Number + 1, _place);
        }
        _segments.Add(segment);
        _bytes += segment.Length;
    }

    private bool IsAtEnd_NeedsLock() => _at == _segments.Count - 1 && _offset >= Active.Length;

    /// <summary>Goes to the next record, over the ends of segments.</summary>
    private bool MoveOn_NeedsLock()
    {
        while (_offset >= _segments[_at].Length)
        {
            if (_at == _segments.Count - 1)
                return false;
            if (!_segments[_at].IsBegun)
                Begin_NeedsLock(_segments[_at], _next); // an empty one, which is passed over
            _at++;
            _offset = SpoolSegment.HeaderBytes;
            _readLength = 0;
        }
        if (!_segments[_at].IsBegun)
            Begin_NeedsLock(_segments[_at], _next);
        else if (_offset == SpoolSegment.HeaderBytes)
            _next = Math.Max(_next, _segments[_at].First);
        return true;
    }

    private static void Begin_NeedsLock(SpoolSegment segment, long first)
    {
        try
        {
            segment.Begin(first);
        }
        catch (IOException)
        {
            // The eight bytes are there already and need no room; on a disk that fails altogether only a later process would miss them.
        }
    }

    private SpoolRecord Read_NeedsLock(SpoolSegment segment, long offset)
    {
        if (_read.Length == 0)
            _read = new byte[ReadBytes];
        for (int tries = 0; tries < 3; tries++)
        {
            int at = (int)(offset - _readAt);
            if (_readLength > 0 && at >= 0 && at < _readLength)
            {
                ReadOnlySpan<byte> ahead = _read.AsSpan(at, _readLength - at);
                if (SpoolRecord.TryRead(ahead, out SpoolRecord record))
                    return record;
                int length = SpoolRecord.LengthOf(ahead);
                if (length > _read.Length)
                    _read = new byte[length];
            }
            _readAt = offset;
            _readLength = segment.Read(offset, _read);
        }
        throw new InvalidDataException($"a record of the spool was changed on the disk, at {offset} of segment {segment.Number}");
    }

    /// <summary>Throws away segments of which everything has arrived. The one behind them first gets its number, or nobody could tell it later.</summary>
    private void Discard_NeedsLock(long next)
    {
        (int segment, long offset) = _head;
        if (offset >= _segments[segment].Length && segment == _segments.Count - 1 && _gathered.WrittenCount == 0 && offset > Math.Min(GatheredBytes, SegmentBytes / 2))
            Roll_NeedsLock();
        if (offset >= _segments[segment].Length && segment < _segments.Count - 1)
        {
            if (!_segments[segment + 1].IsBegun)
                Begin_NeedsLock(_segments[segment + 1], next);
            segment++;
            offset = SpoolSegment.HeaderBytes;
            if (_at < segment)
                (_at, _offset, _readLength) = (segment, offset, 0);
        }
        for (int i = 0; i < segment; i++)
        {
            _bytes -= _segments[i].Length;
            _segments[i].Delete();
        }
        _segments.RemoveRange(0, segment);
        _at -= segment;
        _head = (0, offset);
    }

    /// <summary>Gives up lines until the limit holds.</summary>
    private void Shrink_NeedsLock()
    {
        if (_place.IsMemory)
            _limit = Math.Min(_limit, MaxMemoryBytes);
        while (_bytes > _limit && Reduce_NeedsLock())
        {
        }
    }

    private bool Reduce_NeedsLock()
    {
        int first = _segments.FindIndex(segment => !segment.IsBegun);
        int full = first < 0 ? -1 : _segments.FindIndex(first, segment => !segment.IsReduced && segment.Length > SpoolSegment.HeaderBytes);
        if (full < 0)
            return false;
        if (full == _segments.Count - 1)
            Roll_NeedsLock();
        var left = new ArrayBufferWriter<byte>();
        long lost = 0;
        long before = 0;
        for (int i = first; i <= full; i++)
        {
            before += _segments[i].Length;
            lost += Sift(_segments[i], left);
        }
        if (lost > 0)
        {
            byte[] message = _lostMessage(lost);
            int length = SpoolRecord.HeaderBytes + message.Length;
            _ = SpoolRecord.Write(left.GetSpan(length), RecordKind.Lost, (int)Math.Min(lost, int.MaxValue), message);
            left.Advance(length);
        }
        SpoolSegment reduced = SpoolSegment.Reduced(_segments[full].Number, _segments[first].Covers, left.WrittenSpan, _place);
        for (int i = first; i < full; i++)
            _segments[i].Delete();
        _segments[full].Dispose();
        _segments.RemoveRange(first, full - first + 1);
        _segments.Insert(first, reduced);
        _bytes += reduced.Length - before;
        return true;
    }

    /// <summary>Copies what must stay.</summary>
    /// <returns>How many lines go.</returns>
    private static long Sift(SpoolSegment segment, ArrayBufferWriter<byte> left)
    {
        long lost = 0;
        ReadOnlySpan<byte> records = segment.ReadAll();
        while (SpoolRecord.TryRead(records, out SpoolRecord record))
        {
            if (record.Kind is RecordKind.Kept or RecordKind.Last)
                left.Write(records[..record.Length]);
            else
                lost += record.Lines;
            records = records[record.Length..];
        }
        return lost;
    }
}
