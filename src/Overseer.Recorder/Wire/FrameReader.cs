using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Overseer.Recorder.Interop;

namespace Overseer.Recorder.Wire;

/// <summary>
/// Cuts what comes through a UNIX stream socket into messages, together with the descriptors that were sent along. The kernel delivers descriptors no later than
/// the first byte they were sent with, and in order, so a queue and a count in each header are enough to match them. Native memory: a message may be
/// used in place, as C strings. Not thread-safe; a message is valid until the next <see cref="Receive"/>.
/// </summary>
internal sealed unsafe class FrameReader : IDisposable
{
    private const int UsualCapacity = 64 * 1024;
    private const int MaxDescriptorsAtOnce = 253;

    private readonly Queue<int> _descriptors = new(16);
    private byte* _buffer = (byte*)NativeMemory.Alloc(UsualCapacity);
    private int _capacity = UsualCapacity;
    private int _start;
    private int _end;

    /// <summary>Receives once. Zero or more whole messages can be read afterwards.</summary>
    internal ReceiveOutcome Receive(int socket, bool wait)
    {
        MakeRoom();
        int control = ControlHeader.SpaceFor(MaxDescriptorsAtOnce);
        byte* controlBuffer = stackalloc byte[control];
        while (true)
        {
            var vector = new IoVector { Base = _buffer + _end, Length = (nuint)(_capacity - _end) };
            var message = new MessageHeader { Vectors = &vector, VectorCount = 1, Control = controlBuffer, ControlLength = (nuint)control };
            nint received = Libc.ReceiveMessage(socket, &message, Libc.MSG_CMSG_CLOEXEC | (wait ? 0 : Libc.MSG_DONTWAIT));
            if (received < 0)
            {
                int errno = Marshal.GetLastPInvokeError();
                if (errno == Errno.EINTR)
                    continue;
                return errno == Errno.EAGAIN ? ReceiveOutcome.Empty : ReceiveOutcome.Closed;
            }
            CollectDescriptors(in message);
            if (received == 0)
                return ReceiveOutcome.Closed;
            _end += (int)received;
            // Truncated control data means descriptors were lost (no free number): the messages that follow cannot be matched any more.
            return (message.Flags & Libc.MSG_CTRUNC) == 0 ? ReceiveOutcome.Received : ReceiveOutcome.DescriptorsLost;
        }
    }

    /// <summary>The next whole message. False: more has to be received first.</summary>
    /// <exception cref="InvalidDataException">The other end does not speak this protocol.</exception>
    internal bool TryRead(out FrameHeader header, out byte* body)
    {
        header = default;
        body = null;
        if (_end - _start < FrameHeader.Size)
            return false;
        header = *(FrameHeader*)(_buffer + _start);
        if (header.Length is < 0 or > FrameHeader.MaxBodyBytes)
            throw new InvalidDataException($"a message of {header.Length} bytes is longer than the {FrameHeader.MaxBodyBytes} allowed");
        if (_end - _start < FrameHeader.Size + header.Length)
            return false;
        if (header.Descriptors > _descriptors.Count)
            throw new InvalidDataException("descriptors that belong to a message did not come with it");
        body = _buffer + _start + FrameHeader.Size;
        _start += FrameHeader.Size + header.Length;
        return true;
    }

    /// <summary>The next descriptor, now the caller's to close. At most as many as the message's header says.</summary>
    internal int TakeDescriptor() => _descriptors.Dequeue();

    /// <summary>As <see cref="TakeDescriptor"/>.</summary>
    internal SafeFileHandle TakePipe() => new(TakeDescriptor(), ownsHandle: true);

    public void Dispose()
    {
        while (_descriptors.TryDequeue(out int descriptor))
            Libc.Close(descriptor);
        NativeMemory.Free(_buffer);
        _buffer = null;
        _capacity = _start = _end = 0;
    }

    private void MakeRoom()
    {
        int pending = _end - _start;
        int wanted = UsualCapacity;
        if (pending >= FrameHeader.Size)
            wanted = Math.Max(wanted, FrameHeader.Size + ((FrameHeader*)(_buffer + _start))->Length);
        if (_capacity - _start >= wanted && _end < _capacity && (pending > 0 || _start == 0))
            return;
        if (wanted == _capacity)
        {
            Buffer.MemoryCopy(_buffer + _start, _buffer, _capacity, pending);
        }
        else
        {
            // Grown for one large request, or back to the usual size after it.
            wanted = Math.Max(wanted, pending);
            byte* moved = (byte*)NativeMemory.Alloc((nuint)wanted);
            Buffer.MemoryCopy(_buffer + _start, moved, wanted, pending);
            NativeMemory.Free(_buffer);
            _buffer = moved;
            _capacity = wanted;
        }
        _start = 0;
        _end = pending;
    }

    private void CollectDescriptors(in MessageHeader message)
    {
        byte* at = (byte*)message.Control;
        byte* end = at + message.ControlLength;
        while (end - at >= ControlHeader.Size)
        {
            var header = (ControlHeader*)at;
            if (header->Length < ControlHeader.Size)
                return;
            if (header->Level == ControlHeader.SolSocket && header->Type == ControlHeader.ScmRights)
            {
                int count = ((int)header->Length - ControlHeader.Size) / sizeof(int);
                for (int i = 0; i < count; i++)
                    _descriptors.Enqueue(((int*)(at + ControlHeader.Size))[i]);
            }
            at += ((int)header->Length + 7) & ~7;
        }
    }
}
