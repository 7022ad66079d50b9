using Microsoft.Win32.SafeHandles;
using static Overseer.Recorder.Interop.Interop;

namespace Overseer.Recorder.Journal;

/// <summary>Writes a segment's sparse index. The index only makes seeking fast, so nothing that goes wrong here is an error: it ends there.</summary>
internal sealed unsafe class SegmentIndexWriter(string path, uint seed, int intervalBytes) : IDisposable
{
    private SafeFileHandle? _file;
    private long _length;
    private long _lastOffset = SegmentHeader.Size;
    private bool _broken;

    /// <summary>Notes a finished chunk; writes an entry when it is due. The file is created with the first one.</summary>
    internal void Note(in ChunkHeader header, long offset)
    {
        if (offset - _lastOffset < intervalBytes || _broken)
        {
            return;
        }

        _lastOffset = offset;
        if (_file is null)
        {
            _file = Open(path, OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.CloseOnExec, 0x180 /* 0600 */);
            if (_file.IsInvalid)
            {
                _broken = true;
                return;
            }
        }

        var bytes = stackalloc byte[SegmentIndexEntry.Size];
        new SegmentIndexEntry(header.FirstLine, offset, header.TimeNs).Write(new Span<byte>(bytes, SegmentIndexEntry.Size), seed);
        _broken = Pwrite(_file, bytes, SegmentIndexEntry.Size, _length) != SegmentIndexEntry.Size;
        _length += SegmentIndexEntry.Size;
    }

    /// <summary>Drops what a file left from before holds beyond the entries noted so far.</summary>
    internal void TruncateToNoted()
    {
        if (_file is { IsInvalid: false } file)
        {
            _broken |= Ftruncate(file, _length) != 0;
        }
        else
        {
            File.Delete(path);
        }
    }

    public void Dispose() => _file?.Dispose();
}
