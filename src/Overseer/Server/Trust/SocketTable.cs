using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Overseer.Recorder.Interop;

namespace Overseer.Server.Trust;

/// <summary>
/// The kernel's table of TCP sockets in this network namespace. Asked by sock_diag(7), which finds one socket as fast among a hundred thousand as
/// among ten; where that is not to be had, by reading <c>/proc/net/tcp</c> and <c>tcp6</c> (proc(5)), which list all.
/// </summary>
internal static class SocketTable
{
    /// <summary>TCP_ESTABLISHED.</summary>
    public const byte Established = 1;

    private const int LocalColumn = 1;
    private const int RemoteColumn = 2;
    private const int StateColumn = 3;
    private const int UserColumn = 7;
    private const int InodeColumn = 9;
    private static volatile bool _canAsk;

    /// <summary>The user of the established socket with these ends, neither of them IPv4-mapped; null when there is none that a process holds.</summary>
    public static int? OwnerOf(IPEndPoint local, IPEndPoint remote)
    {
        if (!SocketDiagnostics.TryFind(local, remote, out var found))
        {
            // Once it has told of one, what it does not find is not there.
            return _canAsk ? null : Listed(local, remote, "/proc/net");
        }

        _canAsk = true;
        return found is { State: Established, Inode: not 0 } ? found.User : null;
    }

    /// <summary>The same from files like those in <c>/proc/net</c>.</summary>
    internal static int? Listed(IPEndPoint local, IPEndPoint remote, string directory)
    {
        if (local.AddressFamily == AddressFamily.InterNetwork && InFile(Path.Combine(directory, "tcp"), Written(local), Written(remote)) is { } user)
        {
            return user;
        }

        // An IPv6 socket that talks IPv4 is listed there, with mapped addresses.
        return InFile(Path.Combine(directory, "tcp6"), Written(Wide(local)), Written(Wide(remote)));
    }

    private static IPEndPoint Wide(IPEndPoint end) => new(end.Address.MapToIPv6(), end.Port);

    /// <summary>An address as the files have it: each 32 bits as a number of this machine's byte order, in hexadecimal.</summary>
    private static string Written(IPEndPoint end)
    {
        Span<byte> bytes = stackalloc byte[16];
        end.Address.TryWriteBytes(bytes, out var length);
        var text = "";
        for (var at = 0; at < length; at += 4)
        {
            var word = BitConverter.IsLittleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]) : BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]);
            text += word.ToString("X8", CultureInfo.InvariantCulture);
        }

        return string.Create(CultureInfo.InvariantCulture, $"{text}:{end.Port:X4}");
    }

    private static int? InFile(string path, string local, string remote)
    {
        try
        {
            foreach (var line in File.ReadLines(path))
            {
                var columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (columns.Length > InodeColumn && columns[LocalColumn] == local && columns[RemoteColumn] == remote
                    && columns[StateColumn] == "01" && columns[InodeColumn] != "0"
                    && int.TryParse(columns[UserColumn], NumberStyles.None, CultureInfo.InvariantCulture, out var user))
                {
                    return user;
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // nobody knows
        }

        return null;
    }
}
