using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Overseer.Recorder.Interop;

namespace Overseer.Recorder.Wire;

/// <summary>The server's side of sending: whole messages, one thread at a time. A recorder that is gone is noticed by the receiving thread, so a failed send says nothing.</summary>
internal sealed unsafe class RecorderSender(SafeFileHandle socket)
{
    private readonly Lock _gate = new();

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

    /// <summary>Waits while the recorder does not read. False when it is gone.</summary>
    internal bool Send(ReadOnlySpan<byte> frame, ReadOnlySpan<int> descriptors)
    {
        byte* control = stackalloc byte[ControlHeader.SpaceFor(8)];
        bool referenced = false;
        try
        {
            socket.DangerousAddRef(ref referenced);
            lock (_gate)
            {
                fixed (byte* bytes = frame)
                    return Send((int)socket.DangerousGetHandle(), bytes, frame.Length, control, descriptors);
            }
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

    private static bool Send(int socket, byte* bytes, int length, byte* control, ReadOnlySpan<int> descriptors)
    {
        int done = 0;
        while (done < length)
        {
            var vector = new IoVector { Base = bytes + done, Length = (nuint)(length - done) };
            var message = new MessageHeader { Vectors = &vector, VectorCount = 1 };
            if (done == 0 && !descriptors.IsEmpty)
                SendBuffer.Attach(&message, control, descriptors);
            nint sent = Libc.SendMessage(socket, &message, Libc.MSG_NOSIGNAL);
            if (sent >= 0)
                done += (int)sent;
            else if (Marshal.GetLastPInvokeError() is not Errno.EINTR)
                return false;
        }
        return true;
    }
}
