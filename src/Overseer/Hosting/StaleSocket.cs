using System.Net.Sockets;

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

        // .NET tells sockets from files by neither attribute nor type; connecting does: ENOTSOCK and ECONNREFUSED differ.
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException) when (new FileInfo(path).Length == 0)
        {
            File.Delete(path);
            return;
        }
        catch (SocketException e)
        {
            throw new StartupException($"cannot listen on unix:{path}: a file is in the way ({e.Message})", e);
        }

        throw new StartupException($"cannot listen on unix:{path}: another server answers there; stop it, or listen elsewhere");
    }
}
