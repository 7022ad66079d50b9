using System.Buffers.Text;
using Microsoft.Win32.SafeHandles;
using Overseer.Recorder.Interop;
using Overseer.Recorder.Processes;

namespace Overseer.Recorder.Takeover;

/// <summary>
/// Finds pipes again whose reading ends died with server and recorder: every program holds its output open for reading and writing, so the pipe lives on with all it holds, and can be opened
/// anew through <c>/proc/PID/fd/N</c> for as long as one of them lives.
/// </summary>
public static unsafe class PipeFinder
{
    private const int PathBytes = 64;

    /// <summary>A shell that redirects a command moves its descriptors for a moment, and what moves can be missed by who reads the list meanwhile.</summary>
    private const int Passes = 3;

    /// <summary>Opens a reading end, not blocking, of each of these pipes that a process other than this one holds. One pass over <c>/proc</c>, up to three while some are missing; thread-safe, blocks.</summary>
    /// <param name="inodes">Numbers of pipes, from <see cref="PipeInodes"/>.</param>
    /// <returns>By number; what is not found is missing. The caller's to dispose of.</returns>
    public static IReadOnlyDictionary<long, SafeFileHandle> Find(IReadOnlySet<long> inodes)
    {
        var found = new Dictionary<long, SafeFileHandle>();
        for (int pass = 0; pass < Passes && found.Count < inodes.Count; pass++)
            Look(inodes, found);
        return found;
    }

    /// <summary>Whether the process holds that pipe.</summary>
    internal static bool Holds(int pid, long inode)
    {
        foreach (int descriptor in ProcessList.Descriptors(pid))
        {
            if (InodeOf(pid, descriptor) == inode)
                return true;
        }
        return false;
    }

    private static void Look(IReadOnlySet<long> inodes, Dictionary<long, SafeFileHandle> found)
    {
        foreach (int pid in ProcessList.Pids())
        {
            if (found.Count == inodes.Count)
                break;
            if (pid != Environment.ProcessId)
                Look(pid, inodes, found);
        }
    }

    private static void Look(int pid, IReadOnlySet<long> inodes, Dictionary<long, SafeFileHandle> found)
    {
        foreach (int descriptor in ProcessList.Descriptors(pid))
        {
            long inode = InodeOf(pid, descriptor);
            if (inode != 0 && inodes.Contains(inode) && !found.ContainsKey(inode) && Open(pid, descriptor, inode) is { } pipe)
                found.Add(inode, pipe);
        }
    }

    /// <summary>0 unless it is a pipe.</summary>
    private static long InodeOf(int pid, int descriptor)
    {
        byte* path = stackalloc byte[PathBytes];
        PathOf(pid, descriptor, path);
        byte* target = stackalloc byte[PathBytes];
        nint length = Libc.ReadLink(path, target, PathBytes);
        var text = new ReadOnlySpan<byte>(target, (int)Math.Max(length, 0));
        return text.StartsWith("pipe:["u8) && Utf8Parser.TryParse(text[6..], out long inode, out _) ? inode : 0;
    }

    /// <summary>The process may have gone and its number be another's by now: what was opened is looked at.</summary>
    private static SafeFileHandle? Open(int pid, int descriptor, long inode)
    {
        byte* path = stackalloc byte[PathBytes];
        PathOf(pid, descriptor, path);
        var pipe = new SafeFileHandle(Libc.OpenDescriptor(path, Libc.O_RDONLY | Libc.O_NONBLOCK | Libc.O_CLOEXEC, 0), ownsHandle: true);
        if (!pipe.IsInvalid && PipeInodes.Of(pipe) == inode)
            return pipe;
        pipe.Dispose();
        return null;
    }

    private static void PathOf(int pid, int descriptor, byte* path)
    {
        Span<byte> text = new(path, PathBytes);
        text.Clear();
        "/proc/"u8.CopyTo(text);
        Utf8Formatter.TryFormat(pid, text[6..], out int digits);
        "/fd/"u8.CopyTo(text[(6 + digits)..]);
        Utf8Formatter.TryFormat(descriptor, text[(10 + digits)..], out _);
    }
}
