using System.Runtime.InteropServices;

namespace Overseer.Recorder.Journal;

/// <summary>Native scratch memory through which writers build and check chunks. One is shared by all writers of a thread; not thread-safe.</summary>
internal sealed unsafe class JournalBuffer : IDisposable
{
    /// <summary>Bytes of the buffer: one whole chunk with its header.</summary>
    internal const int Size = ChunkHeader.Size + ChunkHeader.MaxLength;

    private byte* _memory = (byte*)NativeMemory.AlignedAlloc(Size, 4096);

    internal byte* Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(_memory == null, this);
            return _memory;
        }
    }

    internal Span<byte> Span => new(Pointer, Size);

    public void Dispose()
    {
        NativeMemory.AlignedFree(_memory);
        _memory = null;
    }
}
