using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Overseer.Recorder.Interop;

namespace Overseer.Recorder.Wire;

/// <summary>The sockets between server and recorder.</summary>
internal static unsafe class UnixSocket
{
    /// <summary>Listens at that path, which is removed first: the caller holds the lock that says whose it is. Mode 0600 from the first moment.</summary>
    /// <exception cref="IOException">It cannot be done; the message names the path.</exception>
    internal static int Listen(string path)
    {
        var address = UnixAddress.For(path);
        int socket = Libc.Socket(Libc.AF_UNIX, Libc.SOCK_STREAM | Libc.SOCK_CLOEXEC | Libc.SOCK_NONBLOCK, 0);
        if (socket < 0)
            throw Failed("create a socket for", path);
        File.Delete(path);
        // The mode that a socket has when it is bound becomes the mode of its file.
        if (Libc.ChangeMode(socket, 0x180) != 0 || Libc.Bind(socket, &address, UnixAddress.Size) != 0 || Libc.Listen(socket, 16) != 0)
        {
            var failed = Failed("listen at", path);
            _ = Libc.Close(socket);
            throw failed;
        }
        return socket;
    }

    /// <summary>Connects, and makes sure that the other end belongs to the same user.</summary>
    /// <exception cref="RecorderUnavailableException">Nobody listens there, or somebody else does.</exception>
    internal static SafeFileHandle Connect(string path)
    {
        var address = UnixAddress.For(path);
        int socket = Libc.Socket(Libc.AF_UNIX, Libc.SOCK_STREAM | Libc.SOCK_CLOEXEC, 0);
        if (socket < 0)
            throw Failed("create a socket for", path);
        var handle = new SafeFileHandle(socket, ownsHandle: true);
        if (Libc.Connect(socket, &address, UnixAddress.Size) != 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            handle.Dispose();
            throw new RecorderUnavailableException($"cannot connect to the recorder at {path}: {Errno.Describe(errno)}", errno is Errno.ENOENT or Errno.ECONNREFUSED);
        }
        var (pid, user) = Libc.PeerUser(socket);
        if (user != Libc.EffectiveUser())
        {
            handle.Dispose();
            throw new RecorderUnavailableException($"the recorder at {path} (pid {pid}) belongs to user {user}, not to this one");
        }
        return handle;
    }

    /// <summary>Two ends of one connection within this process; the second does not block.</summary>
    internal static (SafeFileHandle Server, int Recorder) Pair()
    {
        int* ends = stackalloc int[2];
        if (Libc.SocketPair(Libc.AF_UNIX, Libc.SOCK_STREAM | Libc.SOCK_CLOEXEC, 0, ends) != 0)
            throw Failed("create", "a pair of sockets");
        return (new SafeFileHandle(ends[0], ownsHandle: true), ends[1]);
    }

    private static IOException Failed(string action, string path) => new($"cannot {action} {path}: {Errno.Describe(Marshal.GetLastPInvokeError())}");
}
