using Overseer.Recorder.Journal;

namespace Overseer.Streams;

/// <summary>
/// The entry a reader found last and that could not be passed on yet. All of it is still in the reader, which is not asked again meanwhile, but for
/// the bytes of a line: they are copied.
/// </summary>
internal sealed class HeldEntry(JournalReader reader)
{
    private byte[] _data = [];
    private int _length;
    private EntryKind _kind;
    private long _line;
    private OutputStream _stream;
    private bool _partial;

    /// <summary>True while an entry is held.</summary>
    public bool Present { get; private set; }

    /// <summary>The entry that is held.</summary>
    public JournalEntry Entry => new(reader, _kind, _line, _stream, _data.AsSpan(0, _length), _partial);

    /// <summary>The bytes of the entry's line.</summary>
    public ReadOnlyMemory<byte> Memory => _data.AsMemory(0, _length);

    /// <summary>Keeps an entry, unless it is the held one itself.</summary>
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
        Present = true;
    }

    /// <summary>Lets the entry go.</summary>
    public void Clear() => Present = false;
}
