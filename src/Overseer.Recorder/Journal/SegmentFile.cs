using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Overseer.Recorder.Interop;
using static Overseer.Recorder.Interop.Interop;

namespace Overseer.Recorder.Journal;

/// <summary>An open segment: its descriptor, what its header says, and reads at an offset. Thread-safe but for disposal.</summary>
internal sealed unsafe class SegmentFile : IDisposable
{
    private SegmentFile(string path, SafeFileHandle handle, SegmentHeader header, uint seed)
    {
        Path = path;
        Handle = handle;
        Header = header;
        Seed = seed;
    }

    internal string Path { get; }

    internal SafeFileHandle Handle { get; }

    internal SegmentHeader Header { get; }

    internal uint Seed { get; }

    internal long FirstLine => Header.FirstLine;

    internal static SegmentFile OpenToRead(string directory, long firstLine)
    {
        var path = SegmentName.Of(directory, firstLine);
        return FromHandle(path, firstLine, OpenHandle(path, OpenFlags.ReadOnly));
    }

    /// <summary>The same, or null when there is no such segment: it may have been deleted since it was listed.</summary>
    internal static SegmentFile? OpenIfThere(string directory, long firstLine)
    {
        var path = SegmentName.Of(directory, firstLine);
        var handle = Open(path, OpenFlags.ReadOnly | OpenFlags.CloseOnExec, 0);
        if (!handle.IsInvalid)
        {
            return FromHandle(path, firstLine, handle);
        }

        var errno = Marshal.GetLastPInvokeError();
        handle.Dispose();

        // A link that leads nowhere is not found either, but is listed again and again.
        var gone = errno == JournalErrno.NotFound && new FileInfo(path).LinkTarget is null;
        return gone ? null : throw JournalException.FromErrno("open", path, errno);
    }

    /// <summary>Takes over <paramref name="handle"/>, also when it fails.</summary>
    internal static SegmentFile FromHandle(string path, long firstLine, SafeFileHandle handle)
    {
        try
        {
            Span<byte> bytes = stackalloc byte[SegmentHeader.Size];
            var read = Read(handle, path, bytes, 0);
            var header = SegmentHeader.Read(bytes[..read], path, firstLine, out var seed);
            return new SegmentFile(path, handle, header, seed);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    internal static SegmentFile FromNew(string path, SafeFileHandle handle, SegmentHeader header, uint seed) => new(path, handle, header, seed);

    internal static SafeFileHandle OpenHandle(string path, OpenFlags flags)
    {
        var handle = Open(path, flags | OpenFlags.CloseOnExec, 0x180 /* 0600 */);
        if (handle.IsInvalid)
        {
            var errno = Marshal.GetLastPInvokeError();
            handle.Dispose();
            throw JournalException.FromErrno("open", path, errno);
        }

        return handle;
    }

    /// <summary>Size of the file now, bytes.</summary>
    internal long Length() => RandomAccess.GetLength(Handle);

    /// <summary>Whether somebody has removed the file: it can still be written, but nobody will ever find it.</summary>
    internal bool IsRemoved()
    {
        FileStatus status;
        return Statx((int)Handle.DangerousGetHandle(), "", AT_EMPTY_PATH, STATX_NLINK, &status) == 0 && status.Links == 0;
    }

    /// <summary>Reads until <paramref name="destination"/> is full or the file ends; returns how many bytes.</summary>
    internal int Read(Span<byte> destination, long offset) => Read(Handle, Path, destination, offset);

    internal bool TryReadHeader(long offset, out ChunkHeader header)
    {
        Span<byte> bytes = stackalloc byte[ChunkHeader.Size];
        var read = Read(bytes, offset);
        return ChunkHeader.TryRead(bytes[..read], Seed, offset, out header);
    }

    public void Dispose()
    {
        // Closing alone would not do: a process that is just being forked by another thread holds the descriptor, and with it the lock, until it executes.
        if (!Handle.IsClosed)
            _ = Flock(Handle, LockRelease);
        Handle.Dispose();
    }

    private static int Read(SafeFileHandle handle, string path, Span<byte> destination, long offset)
    {
        fixed (byte* memory = destination)
        {
            var done = 0;
            while (done < destination.Length)
            {
                var read = Pread(handle, memory + done, (nuint)(destination.Length - done), offset + done);
                if (read == 0)
                {
                    break;
                }

                if (read > 0)
                {
                    done += (int)read;
                }
                else if (Marshal.GetLastPInvokeError() is var errno and not JournalErrno.Interrupted)
                {
                    throw JournalException.FromErrno("read", path, errno);
                }
            }

            return done;
        }
    }
}
