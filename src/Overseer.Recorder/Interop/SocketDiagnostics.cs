using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Overseer.Recorder.Interop;

/// <summary>Asks the kernel for one TCP socket by its ends (sock_diag(7)). The layouts are those of linux/netlink.h and linux/inet_diag.h.</summary>
internal static unsafe class SocketDiagnostics
{
    internal const int AF_NETLINK = 16;
    internal const int SOCK_RAW = 3;
    internal const int NETLINK_SOCK_DIAG = 4;
    internal const ushort SOCK_DIAG_BY_FAMILY = 20;
    internal const ushort NLM_F_REQUEST = 1;
    internal const ushort NLMSG_ERROR = 2;
    internal const byte AF_INET = 2;
    internal const byte AF_INET6 = 10;
    internal const byte IPPROTO_TCP = 6;

    /// <summary>struct nlmsghdr.</summary>
    internal const int HeaderBytes = 16;

    /// <summary>struct inet_diag_req_v2.</summary>
    internal const int RequestBytes = 56;

    /// <summary>struct inet_diag_msg.</summary>
    internal const int AnswerBytes = 72;

    internal const int StateAt = 1;
    internal const int UserAt = 64;
    internal const int InodeAt = 68;
    internal const int IdAt = 8;
    internal const int DestinationAt = IdAt + 20;
    internal const int CookieAt = IdAt + 40;

    /// <summary>Looks for a socket.</summary>
    /// <param name="local">Its own end; IPv4 or IPv6, not IPv4-mapped.</param>
    /// <param name="remote">Its other end, of the same family.</param>
    /// <param name="found">The socket.</param>
    /// <returns>False when the kernel does not tell, or knows none: then a listing may still have it.</returns>
    public static bool TryFind(IPEndPoint local, IPEndPoint remote, out DiagnosedSocket found)
    {
        found = default;
        int socket = Libc.Socket(AF_NETLINK, SOCK_RAW | Libc.SOCK_CLOEXEC | Libc.SOCK_NONBLOCK, NETLINK_SOCK_DIAG);
        if (socket < 0)
            return false;
        try
        {
            Span<byte> request = stackalloc byte[HeaderBytes + RequestBytes];
            Write(request, local, remote);
            fixed (byte* bytes = request)
            {
                // Without an address it goes to the kernel, which answers before the call returns.
                if (Libc.SendTo(socket, bytes, (nuint)request.Length, 0, null, 0) != request.Length)
                    return false;
            }
            Span<byte> answer = stackalloc byte[1024];
            nint length;
            fixed (byte* bytes = answer)
                length = Libc.Read(socket, bytes, (nuint)answer.Length);
            return length > 0 && TryRead(answer[..(int)length], out found);
        }
        finally
        {
            _ = Libc.Close(socket);
        }
    }

    private static void Write(Span<byte> request, IPEndPoint local, IPEndPoint remote)
    {
        request.Clear();
        MemoryMarshal.Write(request, (uint)request.Length);
        MemoryMarshal.Write(request[4..], SOCK_DIAG_BY_FAMILY);
        MemoryMarshal.Write(request[6..], NLM_F_REQUEST);
        Span<byte> body = request[HeaderBytes..];
        body[0] = local.AddressFamily == AddressFamily.InterNetworkV6 ? AF_INET6 : AF_INET;
        body[1] = IPPROTO_TCP;
        MemoryMarshal.Write(body[4..], uint.MaxValue); // in any state: which one it is, is in the answer
        BinaryPrimitives.WriteUInt16BigEndian(body[IdAt..], (ushort)local.Port);
        BinaryPrimitives.WriteUInt16BigEndian(body[(IdAt + 2)..], (ushort)remote.Port);
        _ = local.Address.TryWriteBytes(body[(IdAt + 4)..], out _);
        _ = remote.Address.TryWriteBytes(body[DestinationAt..], out _);
        MemoryMarshal.Write(body[CookieAt..], ulong.MaxValue); // INET_DIAG_NOCOOKIE
    }

    private static bool TryRead(ReadOnlySpan<byte> answer, out DiagnosedSocket found)
    {
        found = default;
        if (answer.Length < HeaderBytes + AnswerBytes || MemoryMarshal.Read<ushort>(answer[4..]) != SOCK_DIAG_BY_FAMILY)
            return false;
        ReadOnlySpan<byte> body = answer[HeaderBytes..];
        found = new DiagnosedSocket(body[StateAt], MemoryMarshal.Read<int>(body[UserAt..]), MemoryMarshal.Read<uint>(body[InodeAt..]));
        return true;
    }
}
