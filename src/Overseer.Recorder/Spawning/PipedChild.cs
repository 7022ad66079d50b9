// A program of which this process reads what it prints, until it has ended.
//
// What must hold: its exit is seen whatever descendants of it still hold the pipes; what it printed before it ended is read to the last byte, and what a descendant prints
// for ever does not go on for ever here. Its number is its own until it has been reaped, so a signal never meets a stranger: reaping is the last thing.
// As the first process of a container this one inherits every orphan there, and reaps them, or the table of processes would fill up.
//
// pidfds would make the waiting thread unnecessary, but containers are also run by kernels and sandboxes that have none.

using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Overseer.Recorder.Interop;

namespace Overseer.Recorder.Spawning;

/// <summary>A program with this process's standard input and two pipes, in a process group of its own. Reading is for one thread; signals may come from any.</summary>
internal sealed unsafe class PipedChild : IDisposable
{
    private const int StandardInput = 0;

    private readonly Lock _gate = new();
    private readonly SafeFileHandle[] _pipes;
    private readonly SafeFileHandle _wake;
    private readonly int _wakeEnd;
    private readonly bool _hasTerminal;
    private bool _reaped;

    private PipedChild(int pid, SafeFileHandle[] pipes, SafeFileHandle wake, int wakeEnd, bool hasTerminal)
    {
        Pid = pid;
        _pipes = pipes;
        _wake = wake;
        _wakeEnd = wakeEnd;
        _hasTerminal = hasTerminal;
    }

    internal int Pid { get; }

    /// <summary>Starts a program.</summary>
    /// <param name="file">Its path; <c>PATH</c> is not searched.</param>
    /// <param name="arguments">With its name, as it is to see it.</param>
    /// <param name="hidden">A variable that it does not get.</param>
    /// <param name="errno">0 when it runs.</param>
    /// <returns>Null when it does not.</returns>
    internal static PipedChild? Start(string file, IReadOnlyList<string> arguments, string hidden, out int errno)
    {
        int* ends = stackalloc int[6];
        for (int i = 0; i < 6; i += 2)
        {
            if (Libc.Pipe(ends + i, Libc.O_CLOEXEC) == 0)
                continue;
            errno = Marshal.GetLastPInvokeError();
            for (int j = 0; j < i; j++)
                _ = Libc.Close(ends[j]);
            return null;
        }
        byte** environment = EnvironmentWithout(hidden);
        errno = GroupSpawn.Start(file, arguments, environment, outputs: [ends[1], ends[3]], out int pid);
        NativeMemory.Free(environment);
        _ = Libc.Close(ends[1]);
        _ = Libc.Close(ends[3]);
        if (errno != 0)
        {
            foreach (int end in (ReadOnlySpan<int>)[0, 2, 4, 5])
                _ = Libc.Close(ends[end]);
            return null;
        }
        bool hasTerminal = GiveTerminal(pid);
        var child = new PipedChild(pid, [new SafeFileHandle(ends[0], true), new SafeFileHandle(ends[2], true)], new SafeFileHandle(ends[4], true), ends[5], hasTerminal);
        new Thread(child.Await, 128 * 1024) { IsBackground = true, Name = "child" }.Start();
        return child;
    }

    /// <summary>Reads what it prints until it has ended.</summary>
    /// <param name="print">Is given the stream, 0 for standard output and 1 for standard error, and bytes; none of them at the end of that stream.</param>
    internal void Read(Action<int, ReadOnlyMemory<byte>> print)
    {
        byte[] buffer = new byte[64 * 1024];
        PollEntry* entries = stackalloc PollEntry[3];
        entries[0] = new PollEntry { Descriptor = Number(_pipes[0]), Events = Libc.POLLIN };
        entries[1] = new PollEntry { Descriptor = Number(_pipes[1]), Events = Libc.POLLIN };
        entries[2] = new PollEntry { Descriptor = Number(_wake), Events = Libc.POLLIN };
        while (entries[2].Returned == 0)
        {
            if (Libc.Poll(entries, 3, -1) < 0)
                continue; // interrupted
            for (int stream = 0; stream < 2; stream++)
            {
                // While the program runs one move is as much as the buffer holds. Once it has ended, what is in the pipe at that moment is the last that it wrote.
                if (entries[2].Returned == 0 && entries[stream].Returned != 0 && !MoveOrEnd(stream))
                    entries[stream].Descriptor = -1;
            }
        }
        for (int stream = 0; stream < 2; stream++)
        {
            if (entries[stream].Descriptor < 0)
                continue;
            int left = Libc.BytesReadable(entries[stream].Descriptor);
            while (left > 0 && Move(stream, Math.Min(left, buffer.Length), out int count))
                left -= count;
            print(stream, default);
        }

        bool Move(int stream, int most, out int count)
        {
            fixed (byte* at = buffer)
            {
                do
                    count = (int)Libc.Read(Number(_pipes[stream]), at, (nuint)most);
                while (count < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR);
            }
            if (count <= 0)
                return false;
            print(stream, buffer.AsMemory(0, count));
            return true;
        }

        bool MoveOrEnd(int stream)
        {
            if (Move(stream, buffer.Length, out _))
                return true;
            print(stream, default);
            return false;
        }
    }

    /// <summary>Sends a signal to the program and to what it started in its group; nothing once it has been reaped.</summary>
    internal void Signal(int number)
    {
        lock (_gate)
        {
            if (!_reaped)
                _ = Libc.Kill(-Pid, number);
        }
    }

    /// <summary>How the program ended, once <see cref="Read"/> has come back: its exit code, and the signal that ended it or 0. Its number is given up.</summary>
    internal (int Code, int Signal) Reap()
    {
        SignalInfo info = default;
        lock (_gate)
        {
            while (Libc.WaitId(Libc.P_PID, Pid, &info, Libc.WEXITED, null) < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR)
            {
            }
            _reaped = true;
        }
        if (_hasTerminal)
            TakeTerminalBack();
        return info.Code == SignalInfo.CldExited ? (info.Status, 0) : (-1, info.Status);
    }

    public void Dispose()
    {
        foreach (SafeFileHandle pipe in _pipes)
            pipe.Dispose();
        _wake.Dispose();
    }

    private static int Number(SafeFileHandle handle) => (int)handle.DangerousGetHandle();

    /// <summary>The variables as this process got them, to the byte, but for one.</summary>
    private static byte** EnvironmentWithout(string hidden)
    {
        byte[] begin = Encoding.UTF8.GetBytes(hidden + "=");
        byte** own = GroupSpawn.OwnEnvironment;
        int count = 0;
        while (own[count] is not null)
            count++;
        var kept = (byte**)NativeMemory.AllocZeroed((nuint)((count + 1) * sizeof(byte*)));
        byte** at = kept;
        for (int i = 0; i < count; i++)
        {
            if (!MemoryMarshal.CreateReadOnlySpanFromNullTerminated(own[i]).StartsWith(begin))
                *at++ = own[i];
        }
        return kept;
    }

    /// <summary>On a terminal that listens to this process, Ctrl-C is the program's from now on: once, and not by way of this process again.</summary>
    private static bool GiveTerminal(int pid)
    {
        int foreground = Libc.ForegroundGroup(StandardInput);
        if (foreground < 0 || foreground != Libc.OwnGroup() || Libc.SetForegroundGroup(StandardInput, pid) != 0)
            return false;
        _ = Libc.Kill(-pid, Libc.SIGCONT); // it may have read before, and been stopped for it
        return true;
    }

    // Who is not in the foreground is stopped for trying, unless it ignores that.
    private static void TakeTerminalBack()
    {
        _ = Libc.Signal(Libc.SIGTTOU, Libc.SIG_IGN);
        _ = Libc.SetForegroundGroup(StandardInput, Libc.OwnGroup());
    }

    private void Await()
    {
        bool isFirst = Environment.ProcessId == 1;
        while (true)
        {
            SignalInfo info = default;
            int result = Libc.WaitId(isFirst ? Libc.P_ALL : Libc.P_PID, isFirst ? 0 : Pid, &info, Libc.WEXITED | Libc.WNOWAIT, null);
            if (result < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR)
                continue;
            if (result < 0 || info.Pid == Pid)
                break;
            _ = Libc.WaitId(Libc.P_PID, info.Pid, &info, Libc.WEXITED, null);
        }
        _ = Libc.Close(_wakeEnd);
    }
}
