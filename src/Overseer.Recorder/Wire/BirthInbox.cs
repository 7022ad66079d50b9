// A start is reported by the recorder when there is a process. When it dies between the two, and the process ends before anybody looks, whoever is its parent then takes its
// exit status, and the kernel tells it only to those who held a pidfd by that time. So the child itself sends one, before it executes its program: from then on the
// server has it, in this socket's queue, even if it never looks in there but when the recorder is gone.

using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Overseer.Recorder.Interop;

namespace Overseer.Recorder.Wire;

/// <summary>The server's end of a socket to which each child says that it is there. Not thread-safe.</summary>
internal sealed unsafe class BirthInbox : IDisposable
{
    private const int PatienceMilliseconds = 1000;

    private readonly SafeFileHandle _socket;

    private BirthInbox(int socket) => _socket = new SafeFileHandle(socket, ownsHandle: true);

    /// <summary>Makes one, and gives the recorder the other end. Null when there are no descriptors for it: then it does without.</summary>
    internal static BirthInbox? Open(RecorderSender sender)
    {
        int* ends = stackalloc int[2];
        // Whole messages, so that children cannot come in between each other.
        if (Libc.SocketPair(Libc.AF_UNIX, Libc.SOCK_SEQPACKET | Libc.SOCK_CLOEXEC | Libc.SOCK_NONBLOCK, 0, ends) != 0)
            return null;
        Span<byte> frame = stackalloc byte[FrameHeader.Size];
        var header = new FrameHeader { Kind = MessageKind.Births, Descriptors = 1 };
        MemoryMarshal.Write(frame, in header);
        _ = sender.Send(frame, [ends[1]]);
        _ = Libc.Close(ends[1]);
        return new BirthInbox(ends[0]);
    }

    /// <summary>Takes out what is there.</summary>
    /// <param name="born">Gets the run, its pid, and its pidfd, which it is to dispose of.</param>
    internal void Drain(Action<Guid, int, PidHandle> born) => _ = TryDrain(born);

    /// <summary>The recorder is gone: takes out what is there and what its last children have still to say. They hold the other end until they have.</summary>
    internal void DrainToEnd(Action<Guid, int, PidHandle> born)
    {
        long deadline = Environment.TickCount64 + PatienceMilliseconds;
        while (TryDrain(born) && Environment.TickCount64 is var now && now < deadline)
        {
            var readable = new PollEntry { Descriptor = (int)_socket.DangerousGetHandle(), Events = Libc.POLLIN };
            _ = Libc.Poll(&readable, 1, (int)(deadline - now));
        }
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>False: nobody is left who could say anything.</summary>
    private bool TryDrain(Action<Guid, int, PidHandle> born)
    {
        Birth birth;
        byte* control = stackalloc byte[ControlHeader.SpaceFor(1)];
        while (true)
        {
            var part = new IoVector { Base = &birth, Length = (nuint)sizeof(Birth) };
            var message = new MessageHeader { Vectors = &part, VectorCount = 1, Control = control, ControlLength = (nuint)ControlHeader.SpaceFor(1) };
            nint received = Libc.ReceiveMessage((int)_socket.DangerousGetHandle(), &message, Libc.MSG_DONTWAIT | Libc.MSG_CMSG_CLOEXEC);
            if (received < 0 && Marshal.GetLastPInvokeError() is var errno and not Errno.EINTR)
                return errno == Errno.EAGAIN;
            if (received == 0)
                return false;
            if (received == sizeof(Birth) && message.ControlLength >= (nuint)(ControlHeader.Size + sizeof(int)))
                born(birth.Run, birth.Pid, new PidHandle(*(int*)(control + ControlHeader.Size)));
        }
    }

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private struct Birth
    {
        internal Guid Run;
        internal int Pid;
    }
}
