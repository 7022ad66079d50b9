using System.ComponentModel;
using System.Runtime.InteropServices;
using Overseer.Recorder.Interop;

namespace Overseer.Recorder.Loop;

/// <summary>Wakes a thread that waits in a <see cref="Poller"/>. <see cref="Set"/> is thread-safe, and has no effect when this has been disposed of.</summary>
internal sealed unsafe class WakePipe : EventSource, IDisposable
{
    private readonly Lock _gate = new();
    private readonly int _read;
    private readonly int _write;
    private bool _disposed;
    private int _set;

    internal WakePipe()
    {
        int* ends = stackalloc int[2];
        if (Libc.Pipe(ends, Libc.O_CLOEXEC | Libc.O_NONBLOCK) != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        (_read, _write) = (ends[0], ends[1]);
    }

    internal override int Descriptor => _read;

    /// <summary>The thread wakes, now or as soon as it waits.</summary>
    internal void Set()
    {
        if (Interlocked.Exchange(ref _set, 1) != 0)
            return;
        // The number may be somebody else's by then.
        lock (_gate)
        {
            if (!_disposed)
                _ = Libc.Write(_write, [1]);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            _disposed = true;
            _ = Libc.Close(_read);
            _ = Libc.Close(_write);
        }
    }

    internal override void OnReady(uint events)
    {
        byte one;
        _ = Libc.Read(_read, &one, 1);
        // A full fence: whoever does not write because of this flag has put down before what is looked at after this.
        Interlocked.Exchange(ref _set, 0);
    }
}
