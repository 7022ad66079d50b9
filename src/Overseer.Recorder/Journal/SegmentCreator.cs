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
        var handle = Create(path, out var errno);
        if (errno == JournalErrno.NotFound && Remake(directory))
        {
            handle = Create(path, out errno);
        }

        if (errno != 0)
        {
            throw JournalErrno.MeansFull(errno) ? new JournalFullException(path, errno) : JournalException.FromErrno("create", path, errno);
        }

        try
        {
            Lock(handle, path);
            var bytes = stackalloc byte[SegmentHeader.Size];
            var seed = header.Write(new Span<byte>(bytes, SegmentHeader.Size));
            errno = SegmentWrites.Write(handle, bytes, SegmentHeader.Size, 0);
            SegmentWrites.Check(errno, path);
            return SegmentFile.FromNew(SegmentName.Of(directory, header.FirstLine), handle, header, seed);
        }
        catch
        {
            handle.Dispose();
            Delete(path);
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
        Delete(SegmentName.NewOf(directory, segment.FirstLine));
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

    private static SafeFileHandle Create(string path, out int errno)
    {
        var handle = Open(path, OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.CloseOnExec, 0x180 /* 0600 */);
        errno = handle.IsInvalid ? Marshal.GetLastPInvokeError() : 0;
        return handle;
    }

    // Somebody removed the journal's directory while it was being written, or the one above it too. What was in it is lost; what comes next need not be.
    private static bool Remake(string directory)
    {
        if (Mkdir(directory, 0x1C0 /* 0700 */) == 0)
        {
            return true;
        }

        return Marshal.GetLastPInvokeError() == JournalErrno.NotFound
            && Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(directory)) is { } parent
            && Mkdir(parent, 0x1C0) == 0
            && Mkdir(directory, 0x1C0) == 0;
    }

    private static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            // Then it is gone in any case.
        }
    }
}
