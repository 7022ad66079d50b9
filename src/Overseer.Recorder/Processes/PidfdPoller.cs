using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Overseer.Recorder.Interop;

namespace Overseer.Recorder.Processes;

/// <summary>
/// Waits for the ends of many processes at once. Edge-triggered: of each there is one event when it is dead, and on kernels that say so another when its parent has waited for it, from when on its
/// exit code can be had. Adding, removing and waking are thread-safe; one thread waits.
/// </summary>
internal sealed unsafe class PidfdPoller : IDisposable
{
    private const uint EdgeTriggered = 1u << 31;
    private const int EventsPerWait = 256;
    private const ulong WakeToken = ulong.MaxValue;

    private readonly int _epoll;
    private readonly int _wakeRead;
    private readonly int _wakeWrite;
    private readonly byte* _events = (byte*)NativeMemory.AllocZeroed((nuint)(EventsPerWait * EpollEvent.Stride));

    internal PidfdPoller()
    {
        _epoll = Libc.EpollCreate(Libc.EPOLL_CLOEXEC);
        if (_epoll < 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        int* ends = stackalloc int[2];
        if (Libc.Pipe(ends, Libc.O_CLOEXEC | Libc.O_NONBLOCK) != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        (_wakeRead, _wakeWrite) = (ends[0], ends[1]);
        _ = Libc.EpollControl(_epoll, Libc.EPOLL_CTL_ADD, _wakeRead, EpollEvent.In, WakeToken);
    }

    /// <summary>Begins to wait for a process; one that is dead already has its event at once.</summary>
    /// <returns>0, or the errno.</returns>
    internal int Add(ProcessHandle process, ulong token) =>
        Libc.EpollControl(_epoll, Libc.EPOLL_CTL_ADD, (int)process.Descriptor.DangerousGetHandle(), EpollEvent.In | EdgeTriggered, token);

    /// <summary>Waits for it no more. Before the handle is disposed of; an event that was fetched may still come.</summary>
    internal void Remove(ProcessHandle process) => _ = Libc.EpollControl(_epoll, Libc.EPOLL_CTL_DEL, (int)process.Descriptor.DangerousGetHandle(), 0, 0);

    /// <summary>Lets a wait return.</summary>
    internal void Wake() => _ = Libc.Write(_wakeWrite, [1]);

    /// <summary>Waits, and hands over the tokens of those of whom there is something new.</summary>
    /// <param name="timeoutMilliseconds">-1: as long as it takes.</param>
    /// <param name="ready">Called with each.</param>
    internal void Wait(int timeoutMilliseconds, Action<ulong> ready)
    {
        byte* drain = stackalloc byte[64];
        int count = Libc.EpollWait(_epoll, _events, EventsPerWait, timeoutMilliseconds);
        for (int i = 0; i < count; i++)
        {
            ulong token = Unsafe.ReadUnaligned<ulong>(_events + (i * EpollEvent.Stride) + EpollEvent.DataOffset);
            if (token != WakeToken)
            {
                ready(token);
                continue;
            }
            _ = Libc.Read(_wakeRead, drain, 64);
        }
    }

    public void Dispose()
    {
        _ = Libc.Close(_epoll);
        _ = Libc.Close(_wakeRead);
        _ = Libc.Close(_wakeWrite);
        NativeMemory.Free(_events);
    }
}
