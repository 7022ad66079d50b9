using Overseer.Recorder.Journal;

namespace Overseer.Streams;

/// <summary>A journal entry that could not be passed on yet, copied out of the reader's window.</summary>
internal sealed class HeldEntry
{
    private byte[] _data = [];
    private int _length;
    private EntryKind _kind;
    private long _line;
    private OutputStream _stream;
    private bool _partial;
    private int _pid;
    private int _run;
    private long _timeNs;
    private Guid _runId;
    private ExitRecord? _exit;
    private GapReason _gapReason;
    private long _gapBytes;

    /// <summary>True while an entry is held.</summary>
    public bool Present { get; private set; }

    /// <summary>The entry that is held.</summary>
    public JournalEntry Entry => new()
    {
        Kind = _kind,
        Line = _line,
        Stream = _stream,
        Data = _data.AsSpan(0, _length),
        Partial = _partial,
        Pid = _pid,
        Run = _run,
        TimeNs = _timeNs,
        RunId = _runId,
        Exit = _exit,
        GapReason = _gapReason,
        GapBytes = _gapBytes,
    };

    /// <summary>Keeps a copy, unless it is the held entry itself.</summary>
    public void Keep(in JournalEntry entry)
    {
        if (Present)
        {
            return;
        }

        if (_data.Length < entry.Data.Length)
        {
            _data = new byte[entry.Data.Length];
        }

        entry.Data.CopyTo(_data);
        _length = entry.Data.Length;
        _kind = entry.Kind;
        _line = entry.Line;
        _stream = entry.Stream;
        _partial = entry.Partial;
        _pid = entry.Pid;
        _run = entry.Run;
        _timeNs = entry.TimeNs;
        _runId = entry.RunId;
        _exit = entry.Exit;
        _gapReason = entry.GapReason;
        _gapBytes = entry.GapBytes;
        Present = true;
    }

    /// <summary>Lets the entry go.</summary>
    public void Clear() => Present = false;
}
