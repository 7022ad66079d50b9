using System.ComponentModel;
using System.Runtime.InteropServices;
using Overseer.Recorder.Interop;
using Overseer.Recorder.Loop;

namespace Overseer.Recorder.Systemd;

/// <summary>Pings the service manager from the recorder's loop, by a timer that is one more of its descriptors: a loop that hangs is silent.</summary>
internal sealed unsafe class WatchdogPing : EventSource, IDisposable
{
    private readonly NotifySocket _manager;
    private readonly int _timer;

    /// <summary>A ping each interval, the first at once.</summary>
    /// <exception cref="Win32Exception">There is no timer to be had.</exception>
    internal WatchdogPing(NotifySocket manager, TimeSpan interval)
    {
        _manager = manager;
        _timer = Libc.TimerFdCreate(Libc.CLOCK_MONOTONIC, Libc.TFD_NONBLOCK | Libc.TFD_CLOEXEC);
        TimeSpec* times = stackalloc TimeSpec[2];
        times[0] = new TimeSpec { Seconds = interval.Ticks / TimeSpan.TicksPerSecond, Nanoseconds = interval.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick };
        times[1] = new TimeSpec { Nanoseconds = 1 };
        if (_timer < 0 || Libc.TimerFdSetTime(_timer, 0, times, null) != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    internal override int Descriptor => _timer;

    internal override void OnReady(uint events)
    {
        ulong expirations;
        _ = Libc.Read(_timer, (byte*)&expirations, sizeof(ulong));
        _manager.Send("WATCHDOG=1");
    }

    public void Dispose() => _ = Libc.Close(_timer);
}
