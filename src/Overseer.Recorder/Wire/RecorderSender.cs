using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Overseer.Recorder.Interop;

namespace Overseer.Recorder.Wire;

/// <summary>
/// The server's side of sending: whole messages, in order, from any thread, none of which ever waits: a recorder whose disk is stuck must not hold up the server. What its socket does not take
/// is kept, up to a bound, and sent by a thread that lives for as long as there is any. A recorder that is gone is noticed by the receiving thread, so a failed send says nothing.
/// </summary>
internal sealed unsafe class RecorderSender(SafeFileHandle socket)
{
    private const long MaxBacklogBytes = 64 << 20;
    private const int PauseMilliseconds = 10;

    private readonly Lock _gate = new();
    private readonly Queue<PendingFrame> _backlog = new();
    private long _backlogBytes;
    private bool _draining;

    internal void Send<T>(MessageKind kind, in T message, ReadOnlySpan<byte> tail = default)
        where T : unmanaged
    {
        byte[] frame = new byte[FrameHeader.Size + sizeof(T) + tail.Length];
        var header = new FrameHeader { Length = sizeof(T) + tail.Length, Kind = kind };
        MemoryMarshal.Write(frame, in header);
        MemoryMarshal.Write(frame.AsSpan(FrameHeader.Size), in message);
        tail.CopyTo(frame.AsSpan(FrameHeader.Size + sizeof(T)));
        Send(frame, default);
    }

    internal void Send(MessageKind kind)
    {
        Span<byte> frame = stackalloc byte[FrameHeader.Size];
        var header = new FrameHeader { Kind = kind };
        MemoryMarshal.Write(frame, in header);
        Send(frame, default);
    }

    /// <summary>Whether the recorder keeps up well enough to be asked for more.</summary>
    internal bool HasRoom => Volatile.Read(ref _backlogBytes) < MaxBacklogBytes;

    /// <summary>Never waits. False when the recorder is gone.</summary>
    internal bool Send(ReadOnlySpan<byte> frame, ReadOnlySpan<int> descriptors)
    {
        bool referenced = false;
        try
        {
            socket.DangerousAddRef(ref referenced);
            lock (_gate)
                return SendNeedsLock((int)socket.DangerousGetHandle(), frame, descriptors);
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
        finally
        {
            if (referenced)
                socket.DangerousRelease();
        }
    }

    private bool SendNeedsLock(int descriptor, ReadOnlySpan<byte> frame, ReadOnlySpan<int> descriptors)
    {
        int done = 0;
        if (_backlog.Count == 0)
        {
            done = TrySend(descriptor, frame, descriptors);
            if (done < 0 || done == frame.Length)
                return done >= 0;
        }
        _backlogBytes += frame.Length - done;
        if (_backlogBytes > 2 * MaxBacklogBytes)
        {
            // The receiving thread sees it as a connection that was lost, and all of it is learnt anew from the next hello.
            _ = Libc.ShutdownSocket(descriptor, Libc.SHUT_RDWR);
            return false;
        }
        _backlog.Enqueue(new PendingFrame(frame[done..].ToArray(), done > 0 ? [] : Duplicates(descriptors)));
        if (_draining)
            return true;
        _draining = true;
        new Thread(Drain) { IsBackground = true, Name = "overseer recorder backlog" }.Start();
        return true;
    }

    /// <summary>Sends what waits, for as long as there is any.</summary>
    private void Drain()
    {
        bool referenced = false;
        try
        {
            socket.DangerousAddRef(ref referenced);
            int descriptor = (int)socket.DangerousGetHandle();
            while (WaitForRoom(descriptor))
            {
                lock (_gate)
                {
                    long before = _backlogBytes;
                    if (TrySendBacklogNeedsLock(descriptor))
                    {
                        _draining = false;
                        return;
                    }
                    if (_backlogBytes != before)
                        continue;
                }
                // Room, and yet none: too many descriptors are on their way.
                _ = Libc.Poll(null, 0, PauseMilliseconds);
            }
        }
        catch (ObjectDisposedException)
        {
            // The link is no more.
        }
        finally
        {
            if (referenced)
                socket.DangerousRelease();
        }
        lock (_gate)
            ForgetNeedsLock();
    }

    /// <summary>True: nothing waits any more, or the recorder is gone.</summary>
    private bool TrySendBacklogNeedsLock(int descriptor)
    {
        while (_backlog.TryPeek(out var pending))
        {
            int done = TrySend(descriptor, pending.Bytes.AsSpan(pending.Done), pending.Done > 0 ? [] : pending.Descriptors);
            if (done < 0)
            {
                ForgetNeedsLock();
                return true;
            }
            pending.Done += done;
            _backlogBytes -= done;
            if (pending.Done < pending.Bytes.Length)
                return false;
            pending.Dispose();
            _backlog.Dequeue();
        }
        return true;
    }

    private void ForgetNeedsLock()
    {
        while (_backlog.TryDequeue(out var pending))
            pending.Dispose();
        _backlogBytes = 0;
        _draining = false;
    }

    /// <summary>False: the connection has ended.</summary>
    private static bool WaitForRoom(int descriptor)
    {
        var writable = new PollEntry { Descriptor = descriptor, Events = Libc.POLLOUT };
        // The runtime interrupts its threads with signals of its own.
        while (Libc.Poll(&writable, 1, -1) < 0)
        {
            if (Marshal.GetLastPInvokeError() != Errno.EINTR)
                return false;
        }
        return (writable.Returned & (Libc.POLLHUP | Libc.POLLERR)) == 0;
    }

    /// <summary>A descriptor that cannot be duplicated is missing from the request, which is then refused.</summary>
    private static int[] Duplicates(ReadOnlySpan<int> descriptors)
    {
        var duplicates = new List<int>(descriptors.Length);
        foreach (int descriptor in descriptors)
        {
            int duplicate = Libc.Duplicate(descriptor);
            if (duplicate >= 0)
                duplicates.Add(duplicate);
        }
        return [.. duplicates];
    }

    /// <summary>How much was taken: nothing when there is no room, all or a part; -1 when the connection has ended.</summary>
    private static int TrySend(int socket, ReadOnlySpan<byte> frame, ReadOnlySpan<int> descriptors)
    {
        byte* control = stackalloc byte[ControlHeader.SpaceFor(8)];
        int done = 0;
        fixed (byte* bytes = frame)
        {
            while (done < frame.Length)
            {
                var vector = new IoVector { Base = bytes + done, Length = (nuint)(frame.Length - done) };
                var message = new MessageHeader { Vectors = &vector, VectorCount = 1 };
                if (done == 0 && !descriptors.IsEmpty)
                    SendBuffer.Attach(&message, control, descriptors);
                nint sent = Libc.SendMessage(socket, &message, Libc.MSG_NOSIGNAL | Libc.MSG_DONTWAIT);
                if (sent >= 0)
                {
                    done += (int)sent;
                    continue;
                }
                int errno = Marshal.GetLastPInvokeError();
                if (errno is Errno.EAGAIN or Errno.ETOOMANYREFS)
                    return done;
                if (errno != Errno.EINTR)
                    return -1;
            }
        }
        return done;
    }

    /// <summary>A message, or the rest of one, and the descriptors that go with its first byte.</summary>
    private sealed class PendingFrame(byte[] bytes, int[] descriptors) : IDisposable
    {
        internal byte[] Bytes { get; } = bytes;

        internal int[] Descriptors { get; } = descriptors;

        internal int Done { get; set; }

        public void Dispose()
        {
            foreach (int descriptor in Descriptors)
                _ = Libc.Close(descriptor);
        }
    }
}
