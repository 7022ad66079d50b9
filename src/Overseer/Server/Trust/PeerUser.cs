// Who is at the other end, as the kernel knows it.
//
// A UNIX socket remembers the user who connected. For TCP over loopback both ends are in the kernel's socket table, each with the user who made it. What must hold:
// the entry is that of our peer and of nobody else, and its user is not made up. The table shows uid 0 for a socket that no process holds any more (closed with data
// under way, TIME-WAIT), so whoever closes at once would pass for root: only an established socket that has an inode counts. And as long as our own end is established, nobody
// else can have a socket with the same four addresses and ports in this network namespace; so our own end is looked at last.
//
// A user that the server's user namespace does not know is shown as the overflow user (65534): where there are such users, nobody is taken for that one.

using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Overseer.Configuration;
using Libc = Overseer.Recorder.Interop.Interop;

namespace Overseer.Server.Trust;

/// <summary>Whose the other end of a connection is.</summary>
internal static class PeerUser
{
    private const int TcpLevel = 6; // IPPROTO_TCP
    private const int TcpInfo = 11; // TCP_INFO: struct tcp_info, whose first byte is the state
    private static readonly int? Unknowable = FindUnknowable();

    /// <summary>Whether a user is the one this process runs as.</summary>
    public static bool IsOwn(int uid) => uid == CurrentUser.Id && uid != Unknowable;

    /// <summary>The user who connected a UNIX socket; null when the kernel does not say.</summary>
    public static int? OfUnix(Socket socket) => Libc.PeerUser((int)socket.Handle) is { User: >= 0 and var user } ? user : null;

    /// <summary>The user of a peer on this machine that came over loopback; null for every other one, and when the kernel does not say.</summary>
    public static int? OfTcp(Socket socket)
    {
        try
        {
            if (socket is not { LocalEndPoint: IPEndPoint local, RemoteEndPoint: IPEndPoint remote })
            {
                return null;
            }

            (local, remote) = (Plain(local), Plain(remote));
            if (!IPAddress.IsLoopback(remote.Address) || !IPAddress.IsLoopback(local.Address))
            {
                return null;
            }

            var owner = SocketTable.OwnerOf(remote, local);
            return IsEstablished(socket) ? owner : null;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return null; // it is gone
        }
    }

    private static IPEndPoint Plain(IPEndPoint end) => end.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(end.Address.MapToIPv4(), end.Port) : end;

    private static bool IsEstablished(Socket socket)
    {
        Span<byte> info = stackalloc byte[8];
        return socket.GetRawSocketOption(TcpLevel, TcpInfo, info) > 0 && info[0] == SocketTable.Established;
    }

    private static int? FindUnknowable()
    {
        try
        {
            // One line that maps everything is the machine's own namespace (user_namespaces(7)): it knows all users.
            var map = File.ReadAllText("/proc/self/uid_map").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            return map is ["0", "0", "4294967295"] ? null : int.Parse(File.ReadAllText("/proc/sys/kernel/overflowuid"), CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return 65534;
        }
    }
}
