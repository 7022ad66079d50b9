using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Overseer.Recorder.Interop;

namespace Overseer.Recorder.Loop;

/// <summary>
/// The epoll set. Level-triggered: the kernel takes ready descriptors from the front of a list and puts those that stay ready at its end, so that with a bounded number a pass and a bounded
/// amount of work each, thousands of idle or slow streams have their turn beside one that floods.
/// An event carries slot and generation, so that one that was fetched before its source was removed is recognized and dropped.
/// </summary>
internal sealed unsafe class Poller : IDisposable
{
    private const int EventsPerPass = 64;

    private readonly int _epoll;
    private readonly byte* _events = (byte*)NativeMemory.AllocZeroed((nuint)(EventsPerPass * EpollEvent.Stride));
    private readonly int _stride = EpollEvent.Stride;
    private readonly int _dataOffset = EpollEvent.DataOffset;
    private readonly Stack<int> _free = new();
    private EventSource?[] _sources = new EventSource?[64];
    private uint[] _generations = new uint[64];
    private int _used;

    internal Poller()
    {
        _epoll = Libc.EpollCreate(Libc.EPOLL_CLOEXEC);
        if (_epoll < 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    /// <summary>Begins to wait for the source.</summary>
    /// <returns>0, or the errno: ENOSPC and ENOMEM are possible, whatever the descriptor.</returns>
    internal int Add(EventSource source, uint events)
    {
        if (!_free.TryPop(out int slot))
        {
            slot = _used++;
            if (slot == _sources.Length)
            {
                Array.Resize(ref _sources, slot * 2);
                Array.Resize(ref _generations, slot * 2);
            }
        }
        int errno = Libc.EpollControl(_epoll, Libc.EPOLL_CTL_ADD, source.Descriptor, events, Key(slot));
        if (errno != 0)
        {
            _free.Push(slot);
            return errno;
        }
        _sources[slot] = source;
        source.Slot = slot;
        return 0;
    }

    internal void Change(EventSource source, uint events) =>
        _ = Libc.EpollControl(_epoll, Libc.EPOLL_CTL_MOD, source.Descriptor, events, Key(source.Slot));

    /// <summary>Before the descriptor is closed: the set would keep what it names as long as a duplicate is open anywhere, the server's for instance.</summary>
    internal void Remove(EventSource source)
    {
        if (source.Slot < 0)
            return;
        _ = Libc.EpollControl(_epoll, Libc.EPOLL_CTL_DEL, source.Descriptor, 0, 0);
        _sources[source.Slot] = null;
        _generations[source.Slot]++;
        _free.Push(source.Slot);
        source.Slot = -1;
    }

    /// <summary>Waits until something is ready.</summary>
    /// <param name="timeoutMilliseconds">-1: as long as it takes.</param>
    /// <returns>How many events there are for <see cref="Dispatch"/>.</returns>
    internal int Wait(int timeoutMilliseconds)
    {
        int count = Libc.EpollWait(_epoll, _events, EventsPerPass, timeoutMilliseconds);
        return Math.Max(count, 0);
    }

    internal void Dispatch(int count)
    {
        for (int i = 0; i < count; i++)
        {
            byte* at = _events + (i * _stride);
            ulong key = Unsafe.ReadUnaligned<ulong>(at + _dataOffset);
            int slot = (int)(uint)key;
            if (_generations[slot] == (uint)(key >> 32) && _sources[slot] is { } source)
                source.OnReady(*(uint*)at);
        }
    }

    public void Dispose()
    {
        _ = Libc.Close(_epoll);
        NativeMemory.Free(_events);
    }

    private ulong Key(int slot) => ((ulong)_generations[slot] << 32) | (uint)slot;
}
