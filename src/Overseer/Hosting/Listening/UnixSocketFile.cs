// A UNIX socket in the file system. What must hold:
//   - nobody but the owner may ever open it: the mode is set on the socket before bind(2), which gives it to the file it makes, so there is no moment
//     in which the file is there with another mode, whatever the umask. Rejected: chmod after listen (a moment in which anybody may connect), and
//     a private directory with a rename (another place to clean up after a crash);
//   - a socket on which somebody answers is never replaced, one that a dead server left always. Between looking and binding another server may do the same, so
//     both are done under a lock on the directory, which goes with the process and leaves no file behind.

using System.ComponentModel;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Overseer.Recorder.Processes;

namespace Overseer.Hosting.Listening;

/// <summary>Listens on a UNIX socket that only the owner may open.</summary>
internal static class UnixSocketFile
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(5);

    /// <summary>Makes room at a path, binds and listens.</summary>
    /// <exception cref="StartupException">Somebody listens there, something else lies there, or the directory cannot be used.</exception>
    public static Socket Listen(string path, int backlog)
    {
        using var directory = Lock(path);
        RemoveStale(path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            using (var file = new SafeFileHandle(socket.Handle, ownsHandle: false))
            {
                File.SetUnixFileMode(file, Mode);
            }

            socket.Bind(new UnixDomainSocketEndPoint(path));
            socket.Listen(backlog);
            return socket;
        }
        catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException)
        {
            socket.Dispose();
            throw new StartupException($"cannot listen on unix:{path}: {e.Message}", e);
        }
    }

    private static DirectoryLock Lock(string path)
    {
        var directory = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";
        try
        {
            return DirectoryLock.Take(directory, LockPatience)
                ?? throw new StartupException($"cannot listen on unix:{path}: another program holds a lock (flock) on the directory {directory}; end it, or listen elsewhere");
        }
        catch (Win32Exception e)
        {
            throw new StartupException($"cannot listen on unix:{path}: the directory {directory} cannot be opened ({e.Message}); make it, or listen elsewhere", e);
        }
    }

    /// <summary>Removes the socket file that a killed server left.</summary>
    internal static void RemoveStale(string path)
    {
        if (!File.Exists(path))
        {
            return;
        }

        if (!FileOwner.IsSocket(path))
        {
            throw new StartupException($"cannot listen on unix:{path}: a file is in the way that is no socket; remove it, or listen elsewhere");
        }

        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { Blocking = false };
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            File.Delete(path);
            return;
        }
        catch (SocketException e) when (e.SocketErrorCode is not SocketError.WouldBlock)
        {
            throw new StartupException($"cannot listen on unix:{path}: the socket that is there cannot be tried ({e.Message}); remove it, or listen elsewhere", e);
        }

        catch (SocketException)
        {
            // So many wait to be let in that there is no room: somebody is there.
        }

        throw new StartupException($"cannot listen on unix:{path}: another server answers there; stop it, or listen elsewhere");
    }
}
