using System.Buffers;
using Overseer.Protocols.V2;
using Overseer.Recorder.Journal;

namespace Overseer.Streams;

/// <summary>
/// A run of finished WebSocket frames, written once and read by many connections. Bytes below <see cref="Length"/> never change;
/// one encoder at a time writes above it and then publishes. The buffer goes back to the pool when the last holder lets go:
/// the ring, each cursor that stands on the block, and each slice on its way to a socket hold it once.
/// </summary>
internal sealed class FrameBlock
{
    private byte[]? _buffer;
    private int _holders = 1;
    private int _length;

    /// <summary>An empty block with room for at least <paramref name="capacity"/> bytes, held once by the caller.</summary>
    public FrameBlock(int capacity, JournalPosition start)
    {
        _buffer = ArrayPool<byte>.Shared.Rent(capacity);
        Start = start;
    }

    /// <summary>Where in the journal the first frame begins.</summary>
    public JournalPosition Start { get; }

    /// <summary>The number that the first line shown in it would get by what is before it; 0 when that is not known.</summary>
    public long StartSeq { get; init; }

    /// <summary>Where in the journal the reader stands after the last published frame.</summary>
    public JournalPosition End { get; private set; }

    /// <summary>The number of the line that follows the last published frame.</summary>
    public long NextLine { get; private set; }

    /// <summary>The number that the first line shown behind the last published frame gets; 0 when that is not known.</summary>
    public long NextSeq { get; private set; }

    /// <summary>Published bytes.</summary>
    public int Length => Volatile.Read(ref _length);

    /// <summary>Bytes written so far, published or not; the encoder's own.</summary>
    public int Written { get; private set; }

    /// <summary>Bytes at the beginning that only those get who want everything, see <see cref="StreamCursor.Everything"/>; all of it is published at once.</summary>
    public int Preface { get; private set; }

    /// <summary>The automatic starts in it, published or not: clients of some profiles know another form of them.</summary>
    public IReadOnlyList<StartFrame> Starts { get; private set; } = [];

    /// <summary>The size of the buffer in bytes.</summary>
    public int Capacity => Buffer.Length;

    /// <summary>The block that follows in the ring; under the ring's lock.</summary>
    public FrameBlock? Next { get; set; }

    /// <summary>True once the ring has dropped the block; under the ring's lock.</summary>
    public bool Evicted { get; set; }

    private byte[] Buffer => _buffer ?? throw new ObjectDisposedException(nameof(FrameBlock));

    /// <summary>The room behind what is written.</summary>
    public Span<byte> Free => Buffer.AsSpan(Written);

    /// <summary>Says that <paramref name="count"/> more bytes of <see cref="Free"/> hold finished frames.</summary>
    public void Advance(int count) => Written += count;

    /// <summary>Says that all that is written so far is for those who want everything; in a block that nobody has seen.</summary>
    public void EndPreface() => Preface = Written;

    /// <summary>Says that what was written from <paramref name="offset"/> on is the frame of an automatic start. There are few of them, and many readers: the list is replaced.</summary>
    public void AddStart(int offset, ServerMessage message) => Starts = [.. Starts, new StartFrame(offset, Written - offset, message)];

    /// <summary>Makes room for one frame of up to <paramref name="bytes"/>; only while nothing is written, since readers hold the old buffer otherwise.</summary>
    public bool TryReserve(int bytes)
    {
        if (Free.Length >= bytes)
        {
            return true;
        }

        if (Written > 0)
        {
            return false;
        }

        var old = Buffer;
        _buffer = ArrayPool<byte>.Shared.Rent(bytes);
        ArrayPool<byte>.Shared.Return(old);
        return true;
    }

    /// <summary>Lets readers see everything written; <paramref name="end"/>, <paramref name="nextLine"/> and <paramref name="nextSeq"/> are the encoder's place after it.</summary>
    public void Publish(JournalPosition end, long nextLine, long nextSeq = 0)
    {
        End = end;
        NextLine = nextLine;
        NextSeq = nextSeq;
        Volatile.Write(ref _length, Written);
    }

    /// <summary>Published bytes from <paramref name="offset"/> on.</summary>
    public ReadOnlyMemory<byte> Slice(int offset, int count) => Buffer.AsMemory(offset, count);

    /// <summary>One more holder.</summary>
    public void Hold() => Interlocked.Increment(ref _holders);

    /// <summary>One holder less; the last one gives the buffer back.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer!);
            _buffer = null;
        }
    }
}
