using Overseer.Recorder.Journal;

namespace Overseer.Streams.SeqIndex;

/// <summary>
/// Numbers lines one after the other and writes the index of it. What could not be written (a full disk) is kept and tried again, up to a bound. Not thread-safe.
/// </summary>
internal sealed class SeqWriter(string directory)
{
    /// <summary>Bytes of records that may wait for room on the disk.</summary>
    public const int MostUnsaved = 1 << 20;

    private const int BufferBytes = 4096;
    private byte[] _buffer = new byte[BufferBytes];
    private int _full;
    private long _index;
    private long _base;
    private uint _seed;
    private SeqRecord _record;
    private bool _begun;
    private bool _changed;

    /// <summary>The line that is numbered next.</summary>
    public long Line { get; private set; } = 1;

    /// <summary>The number it gets if it is shown.</summary>
    public long Seq { get; private set; } = 1;

    /// <summary>The segment that is written; 0 for none yet.</summary>
    public long Segment { get; private set; }

    /// <summary>What its checksums begin with.</summary>
    public uint Seed => _seed;

    /// <summary>The last record, which grows; without lines when the next line begins one.</summary>
    public SeqRecord Tail => _record;

    /// <summary>Why the last records could not be written; null when they are.</summary>
    public Exception? Problem { get; private set; }

    /// <summary>A file that was written is not there any more although its segment is.</summary>
    public bool IsLost { get; private set; }

    /// <summary>Begins anew at a segment's first line, or at the journal's beginning.</summary>
    public void MoveTo(long line, long seq)
    {
        (Line, Seq, Segment) = (line, seq, 0);
        Clear();
    }

    /// <summary>Begins a segment: its first line is the next. Numbers of lines that are missing before it are given to them.</summary>
    /// <exception cref="IOException">What the segment before holds cannot be written.</exception>
    public void Begin(long segment)
    {
        if (Segment != 0)
        {
            Save();
            if (Problem is { } problem)
            {
                throw new IOException(problem.Message, problem);
            }
        }

        Seq += Math.Max(0, segment - Line);
        Line = segment;
        Segment = segment;
        var lost = IsLost;
        Clear();
        IsLost = lost;
        _base = Seq;
        _seed = SeedOf(directory, segment);
        _changed = true;
        Save();
    }

    /// <summary>Goes on behind the records that a segment's file has, of which the last may be one that grows.</summary>
    public void Continue(long segment, long firstSeq, uint seed)
    {
        Clear();
        (Segment, _base, _seed, _begun) = (segment, firstSeq, seed, true);
    }

    /// <summary>Takes a record that is in the file.</summary>
    public void Take(SeqRecord record)
    {
        Save();
        Line = record.NextLine;
        Seq = record.NextSeq;
        if (record.Count == SeqRecord.Lines)
        {
            _index++;
            _record = default;
        }
        else
        {
            _record = record;
            _changed = true;
        }
    }

    /// <summary>Numbers the next line.</summary>
    public void Add(bool shown, ulong fingerprint, bool open, long timeNs = 0)
    {
        if (_record.Count == 0)
        {
            _record.FirstLine = Line;
            _record.FirstSeq = Seq;
        }

        _record.Add(shown);
        _changed = true;
        Line++;
        Seq += shown ? 1 : 0;
        _record.Fingerprint = fingerprint;
        _record.Open = open;
        _record.TimeNs = timeNs;
        if (_record.Count == SeqRecord.Lines)
        {
            Push();
        }
    }

    /// <summary>Goes on at a higher number, because those before it were given to lines that nobody can tell any more. Between two records.</summary>
    public void Jump(long seq) => Seq = Math.Max(Seq, seq);

    /// <summary>Writes what is not written yet.</summary>
    /// <exception cref="IOException">It cannot be written, and more is not kept.</exception>
    public void Save()
    {
        if (!_changed || Segment == 0)
        {
            return;
        }

        var length = _full;
        if (_record.Count > 0)
        {
            _record.Write(_buffer.AsSpan(_full), _seed);
            length += SeqRecord.Size;
        }

        try
        {
            if (!_begun)
            {
                SeqFile.Create(directory, Segment, _base, _seed);
                _begun = true;
            }

            SeqFile.Write(directory, Segment, _index, _buffer.AsSpan(0, length));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Fail(e);
            return;
        }

        _index += _full / SeqRecord.Size;
        _full = 0;
        if (_buffer.Length > BufferBytes)
        {
            _buffer = new byte[BufferBytes];
        }

        _changed = false;
        Problem = null;
    }

    /// <summary>The records that are not on the disk, and the place of the first of them; null when there is none.</summary>
    public (long Index, byte[] Records)? Unsaved() => Problem is null || _full == 0 ? null : (_index, _buffer.AsSpan(0, _full).ToArray());

    /// <summary>What a segment is known by; 0 when it is gone.</summary>
    public static uint SeedOf(string directory, long segment)
    {
        using var file = SegmentFile.OpenIfThere(directory, segment);
        return file?.Seed ?? 0;
    }

    private void Push()
    {
        _record.Write(_buffer.AsSpan(_full), _seed);
        _full += SeqRecord.Size;
        _record = default;
        if (_full + SeqRecord.Size <= _buffer.Length)
        {
            return;
        }

        if (Problem is null)
        {
            Save();
        }

        if (Problem is not null && _full + SeqRecord.Size > _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }
    }

    private void Fail(Exception e)
    {
        if (e is FileNotFoundException or DirectoryNotFoundException)
        {
            // Nobody needs the index of a segment that is gone; the index of one that is not has to be made again.
            IsLost |= File.Exists(Path.ChangeExtension(SeqFile.PathOf(directory, Segment), SegmentName.Extension));
            _index += _full / SeqRecord.Size;
            _full = 0;
            _changed = false;
            Problem = null;
            return;
        }

        Problem = e;
        if (_full >= MostUnsaved)
        {
            throw new IOException(e.Message, e);
        }
    }

    private void Clear()
    {
        _full = 0;
        _index = 0;
        _record = default;
        _begun = false;
        _changed = false;
        Problem = null;
        IsLost = false;
    }
}
