using System.Runtime.InteropServices;
using Overseer.Recorder.Interop;

namespace Overseer.Recorder.Wire;

/// <summary>
/// The recorder's side of sending: messages are laid down in one native block and leave with one system call, never blocking. It is filled only while there is room,
/// so its size bounds what waits for a slow server. Descriptors go with the first byte that is sent after they were put here.
/// </summary>
internal sealed unsafe class SendBuffer : IDisposable
{
    private const int Capacity = 64 * 1024;
    private const int MaxDescriptorsAtOnce = 253;
    private const int RopesOfARun = 4;

    private readonly int[] _descriptors = new int[MaxDescriptorsAtOnce];
    private byte* _buffer = (byte*)NativeMemory.Alloc(Capacity);
    private int _start;
    private int _end;
    private int _descriptorCount;
    private int _attached;

    internal bool IsEmpty => _start == _end;

    /// <summary>Whether one more fixed message, and the ropes of a run with it, has room.</summary>
    internal bool HasRoom(int bytes) => Capacity - _end >= FrameHeader.Size + bytes && _descriptorCount + RopesOfARun <= MaxDescriptorsAtOnce;

    /// <summary>The caller has asked <see cref="HasRoom"/>.</summary>
    internal void Put<T>(MessageKind kind, in T message, ReadOnlySpan<byte> tail = default)
        where T : unmanaged
    {
        Header(kind, sizeof(T) + tail.Length, 0);
        *(T*)(_buffer + _end) = message;
        _end += sizeof(T);
        tail.CopyTo(new Span<byte>(_buffer + _end, tail.Length));
        _end += tail.Length;
    }

    internal void Put(MessageKind kind) => Header(kind, 0, 0);

    /// <summary>
    /// Takes a duplicate, which goes with the next message that is put here with <see cref="PutWithRopes"/>; so the caller may close his at any time. False: there is none to be had, now that the numbers
    /// are used up.
    /// </summary>
    internal bool TryAttach(int descriptor)
    {
        int duplicate = Libc.Duplicate(descriptor);
        if (duplicate < 0)
            return false;
        _descriptors[_descriptorCount++] = duplicate;
        _attached++;
        return true;
    }

    /// <summary>Gives back what was attached since the last message.</summary>
    internal void Detach()
    {
        for (; _attached > 0; _attached--)
            _ = Libc.Close(_descriptors[--_descriptorCount]);
    }

    /// <summary>Puts the message to which the descriptors attached since the last one belong.</summary>
    internal void PutWithRopes<T>(MessageKind kind, in T message)
        where T : unmanaged
    {
        Header(kind, sizeof(T), (ushort)_attached);
        _attached = 0;
        *(T*)(_buffer + _end) = message;
        _end += sizeof(T);
    }

    /// <summary>Sends what is there.</summary>
    internal SendOutcome Send(int socket)
    {
        byte* control = stackalloc byte[ControlHeader.SpaceFor(MaxDescriptorsAtOnce)];
        while (_start < _end)
        {
            var vector = new IoVector { Base = _buffer + _start, Length = (nuint)(_end - _start) };
            var message = new MessageHeader { Vectors = &vector, VectorCount = 1 };
            if (_descriptorCount > 0)
                Attach(&message, control, new ReadOnlySpan<int>(_descriptors, 0, _descriptorCount));
            nint sent = Libc.SendMessage(socket, &message, Libc.MSG_NOSIGNAL | Libc.MSG_DONTWAIT);
            if (sent < 0)
            {
                int errno = Marshal.GetLastPInvokeError();
                if (errno == Errno.EINTR)
                    continue;
                // Too many descriptors in flight ends when the server has read some of them.
                return errno is Errno.EAGAIN or Errno.ETOOMANYREFS ? SendOutcome.Blocked : SendOutcome.Closed;
            }
            _start += (int)sent;
            CloseDescriptors();
        }
        _start = _end = 0;
        return SendOutcome.Done;
    }

    /// <summary>Forgets everything: the connection is gone.</summary>
    internal void Clear()
    {
        _start = _end = 0;
        CloseDescriptors();
    }

    public void Dispose()
    {
        Clear();
        NativeMemory.Free(_buffer);
        _buffer = null;
    }

    /// <summary>Lays the descriptors into a control message.</summary>
    internal static void Attach(MessageHeader* message, byte* control, ReadOnlySpan<int> descriptors)
    {
        var header = (ControlHeader*)control;
        header->Length = (nuint)(ControlHeader.Size + (descriptors.Length * sizeof(int)));
        header->Level = ControlHeader.SolSocket;
        header->Type = ControlHeader.ScmRights;
        descriptors.CopyTo(new Span<int>(control + ControlHeader.Size, descriptors.Length));
        message->Control = control;
        message->ControlLength = (nuint)ControlHeader.SpaceFor(descriptors.Length);
    }

    private void Header(MessageKind kind, int length, ushort descriptors)
    {
        *(FrameHeader*)(_buffer + _end) = new FrameHeader { Length = length, Kind = kind, Descriptors = descriptors };
        _end += FrameHeader.Size;
    }

    private void CloseDescriptors()
    {
        for (int i = 0; i < _descriptorCount; i++)
            Libc.Close(_descriptors[i]);
        _descriptorCount = _attached = 0;
    }
}
