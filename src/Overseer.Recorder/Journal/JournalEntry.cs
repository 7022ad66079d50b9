namespace Overseer.Recorder.Journal;

/// <summary>What a reader found next. Everything in it is valid until the reader's next call.</summary>
public readonly ref struct JournalEntry
{
    private readonly JournalReader _reader;

    internal JournalEntry(JournalReader reader, EntryKind kind, long line, OutputStream stream, ReadOnlySpan<byte> data, bool partial)
    {
        _reader = reader;
        Kind = kind;
        Line = line;
        Stream = stream;
        Data = data;
        Partial = partial;
    }

    /// <summary>What the entry says.</summary>
    public EntryKind Kind { get; }

    /// <summary>Number of the line, from 1; for all other kinds the number that the next line will have.</summary>
    public long Line { get; }

    /// <summary>Stream of a line; of a gap, if only one stream is concerned.</summary>
    public OutputStream Stream { get; }

    /// <summary>A line's bytes without its end. Any bytes: they need not be UTF-8.</summary>
    public ReadOnlySpan<byte> Data { get; }

    /// <summary>The same bytes, for who takes no span.</summary>
    internal ReadOnlyMemory<byte> Memory => _reader.MemoryOf(Data);

    /// <summary>First line of the segment it was found in.</summary>
    internal long Segment => _reader.Segment;

    /// <summary>Whether the line was longer than the limit and goes on in the next line of the same stream and run.</summary>
    public bool Partial { get; }

    /// <summary>Process id of the run; 0 when the entry belongs to none.</summary>
    public int Pid => _reader.Chunk.Pid;

    /// <summary>Ordinal of the run in the journal, from 1; 0 when the entry belongs to none.</summary>
    public int Run => _reader.Chunk.Run;

    /// <summary>When it was captured, Unix time in ns. All lines of a chunk have the same.</summary>
    public long TimeNs => _reader.Chunk.TimeNs;

    /// <summary>The run that began or ended.</summary>
    public Guid RunId => _reader.RunId;

    /// <summary>Start time of the process that began, as in /proc/PID/stat.</summary>
    public long ProcessStartTime => _reader.ProcessStartTime;

    /// <summary>How the run ended; null unless <see cref="EntryKind.Exited"/>.</summary>
    public ExitRecord? Exit => Kind == EntryKind.Exited ? _reader.Exit : null;

    /// <summary>Why something is missing.</summary>
    public GapReason GapReason => Kind == EntryKind.Gap ? _reader.Gap.Reason : GapReason.None;

    /// <summary>How many bytes are missing; 0 when nobody knows.</summary>
    public long GapBytes => Kind == EntryKind.Gap ? _reader.Gap.Bytes : 0;
}
