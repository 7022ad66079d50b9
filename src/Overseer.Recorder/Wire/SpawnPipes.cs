using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Overseer.Recorder.Interop;
using Overseer.Recorder.Spawning;
using Overseer.Recorder.Takeover;

namespace Overseer.Recorder.Wire;

/// <summary>
/// The pipes of one run, made by the server. Of output only reading ends go to the recorder: it opens them anew for the child, for reading and writing. So the writing ends are closed here at once, and
/// a stream ends when the last descendant is gone. Of standard input the recorder gets both: the reading end becomes the child's and is closed, so that whoever writes notices when nobody reads
/// any more; the writing end is kept by both halves.
/// The last descriptors of this process are not given to a run: without any, whatever it needs next (a connection, a journal to read, a part of the runtime that is loaded on its first use) fails at
/// a place that cannot refuse as politely as a start can.
/// </summary>
internal sealed unsafe class SpawnPipes : IDisposable
{
    private const int Reserve = 64;

    private SafeFileHandle? _stdinRead;
    private SafeFileHandle? _stdinWrite;
    private SafeFileHandle? _stdout;
    private SafeFileHandle? _stderr;
    private SafeFileHandle? _stdoutWrite;
    private SafeFileHandle? _stderrWrite;

    /// <summary>Makes them; 0 or the errno.</summary>
    internal int Open(bool stdin)
    {
        ulong soft = NoFileLimit.Current().Soft;
        long highest = (long)Math.Min(soft - Math.Min(Reserve, soft / 8), int.MaxValue);
        // Reading does not block here, which the child does not notice: it has file descriptions of its own. Standard input is shared with the child, so its reading end is left as usual; writing to it does not wait.
        int errno = Make(Libc.O_NONBLOCK, highest, out _stdout, out _stdoutWrite);
        if (errno == 0)
            errno = Make(Libc.O_NONBLOCK, highest, out _stderr, out _stderrWrite);
        if (errno == 0 && stdin)
            errno = Make(0, highest, out _stdinRead, out _stdinWrite);
        if (errno == 0 && _stdinWrite is not null && Libc.SetNonBlocking(Number(_stdinWrite)) != 0)
            errno = Marshal.GetLastPInvokeError();
        return errno;
    }

    /// <summary>The descriptors that go with the request: stdout, stderr, and both ends of stdin if it is a pipe.</summary>
    internal int[] ToSend() => _stdinRead is null ? [Number(_stdout), Number(_stderr)] : [Number(_stdout), Number(_stderr), Number(_stdinRead), Number(_stdinWrite)];

    /// <summary>The numbers of the two output pipes.</summary>
    internal PipeInodes Inodes => PipeInodes.Of(_stdout, _stderr);

    /// <summary>What the server keeps.</summary>
    internal RunHandles Keep()
    {
        var kept = new RunHandles(_stdinWrite, _stdout, _stderr);
        _stdinWrite = _stdout = _stderr = null;
        return kept;
    }

    public void Dispose()
    {
        _stdinRead?.Dispose();
        _stdinWrite?.Dispose();
        _stdout?.Dispose();
        _stderr?.Dispose();
        _stdoutWrite?.Dispose();
        _stderrWrite?.Dispose();
    }

    private static int Number(SafeFileHandle? handle) => (int)handle!.DangerousGetHandle();

    private static int Make(int flags, long highest, out SafeFileHandle? read, out SafeFileHandle? write)
    {
        int* ends = stackalloc int[2];
        if (Libc.Pipe(ends, Libc.O_CLOEXEC | flags) != 0)
        {
            read = write = null;
            return Marshal.GetLastPInvokeError();
        }
        read = new SafeFileHandle(ends[0], ownsHandle: true);
        write = new SafeFileHandle(ends[1], ownsHandle: true);
        // The kernel gives out the lowest number that is free.
        if (ends[0] < highest && ends[1] < highest)
            return 0;
        read.Dispose();
        write.Dispose();
        read = write = null;
        return Errno.EMFILE;
    }
}
