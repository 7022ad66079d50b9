using System.Net.Sockets;
using Overseer.Recorder.Processes;

namespace Overseer.Hosting;

/// <summary>Removes socket files that a killed server left. One on which somebody answers, or that is no socket, is never removed.</summary>
internal static class StaleSocket
{
    /// <summary>Makes room for a socket at <paramref name="path"/>.</summary>
    /// <exception cref="StartupException">Somebody listens there, or something else lies there.</exception>
    public static void Remove(string path)
    {
        if (!File.Exists(path))
        {
            return;
        }

        if (!FileOwner.IsSocket(path))
        {
            throw new StartupException($"cannot listen on unix:{path}: a file is in the way that is no socket; remove it, or listen elsewhere");
        }

        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            File.Delete(path);
            return;
        }
        catch (SocketException e)
        {
            throw new StartupException($"cannot listen on unix:{path}: the socket that is there cannot be tried ({e.Message}); remove it, or listen elsewhere", e);
        }

        throw new StartupException($"cannot listen on unix:{path}: another server answers there; stop it, or listen elsewhere");
    }
}
