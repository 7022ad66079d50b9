using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using static Overseer.Recorder.Interop.Interop;

namespace Overseer.Recorder.Journal;

// Makes a segment under a name that nobody reads, locked from the beginning, and gives it its own name when it is complete (header and carried
// bytes). A crash in between leaves the previous segment as the last one.
internal static unsafe class SegmentCreator
{
    /// <summary>Creates, locks and heads the file.</summary>
    /// <exception cref="JournalFullException">No room; nothing is left behind.</exception>
    internal static SegmentFile Begin(string directory, in SegmentHeader header)
    {
        var path = SegmentName.NewOf(directory, header.FirstLine);
        var handle = Open(path, OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.CloseOnExec, 0x180 /* 0600 */);
        if (handle.IsInvalid)
        {
            var errno = Marshal.GetLastPInvokeError();
            handle.Dispose();
            throw JournalErrno.MeansFull(errno) ? new JournalFullException(path, errno) : JournalException.FromErrno("create", path, errno);
        }

        try
        {
            Lock(handle, path);
            var bytes = stackalloc byte[SegmentHeader.Size];
            var seed = header.Write(new Span<byte>(bytes, SegmentHeader.Size));
            var errno = SegmentWrites.Write(handle, bytes, SegmentHeader.Size, 0);
            SegmentWrites.Check(errno, path);
            return SegmentFile.FromNew(SegmentName.Of(directory, header.FirstLine), handle, header, seed);
        }
        catch
        {
            handle.Dispose();
            File.Delete(path);
            throw;
        }
    }

    /// <summary>Gives the segment its name. Nobody else writes here (the lock), so nothing of that name is there to be replaced.</summary>
    /// <exception cref="JournalException">The file system refuses.</exception>
    internal static void Publish(string directory, SegmentFile segment)
    {
        var path = SegmentName.NewOf(directory, segment.FirstLine);
        if (Rename(path, segment.Path) != 0)
        {
            throw JournalException.FromErrno("rename", path, Marshal.GetLastPInvokeError());
        }
    }

    internal static void Abandon(string directory, SegmentFile segment)
    {
        segment.Dispose();
        File.Delete(SegmentName.NewOf(directory, segment.FirstLine));
    }

    /// <summary>Makes this process the one writer, until the descriptor is closed.</summary>
    /// <exception cref="JournalLockedException">Another writer has it.</exception>
    internal static void Lock(SafeFileHandle handle, string path)
    {
        if (Flock(handle, LockExclusive | LockNonBlocking) != 0)
        {
            var errno = Marshal.GetLastPInvokeError();
            throw errno == JournalErrno.Again ? new JournalLockedException(path) : JournalException.FromErrno("lock", path, errno);
        }
    }
}
