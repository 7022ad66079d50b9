using System.Runtime.InteropServices;
using System.Text;
using Overseer.Recorder.Interop;

namespace Overseer.Recorder.Systemd;

/// <summary>
/// Tells the service manager how we are: sd_notify(3), "Notes" on the protocol. One datagram of lines <c>NAME=value</c> to the socket that NOTIFY_SOCKET
/// names. A manager that does not listen any more is nobody's failure, so nothing is reported and nothing ever waits. Thread-safe.
/// </summary>
internal sealed unsafe class NotifySocket : IDisposable
{
    /// <summary>Names the socket: a path, or a name of the abstract kind that begins with <c>@</c>.</summary>
    internal const string Variable = "NOTIFY_SOCKET";

    private readonly byte[] _address;
    private readonly Microsoft.Win32.SafeHandles.SafeFileHandle _socket;

    private NotifySocket(byte[] address, int socket)
    {
        _address = address;
        _socket = new Microsoft.Win32.SafeHandles.SafeFileHandle(socket, ownsHandle: true);
    }

    /// <summary>The manager's socket; null when none is named, or in a form that is not known (<c>vsock:</c> for instance).</summary>
    internal static NotifySocket? Open(string? name)
    {
        if (name is not ['/' or '@', _, ..])
            return null;
        byte[] path = Encoding.UTF8.GetBytes(name);
        if (path.Length > UnixAddress.MaxPathBytes)
            return null;
        bool isAbstract = path[0] == (byte)'@';
        if (isAbstract)
            path[0] = 0;

        // The length says where an abstract name ends; a path has its NUL.
        byte[] address = new byte[sizeof(ushort) + path.Length + (isAbstract ? 0 : 1)];
        ushort family = Libc.AF_UNIX;
        MemoryMarshal.Write(address, in family);
        path.CopyTo(address, sizeof(ushort));
        int socket = Libc.Socket(Libc.AF_UNIX, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0);
        return socket < 0 ? null : new NotifySocket(address, socket);
    }

    /// <summary>Sends lines; whether the manager got them.</summary>
    internal bool Send(string lines)
    {
        bool held = false;
        try
        {
            _socket.DangerousAddRef(ref held);
            byte[] bytes = Encoding.UTF8.GetBytes(lines);
            fixed (byte* data = bytes, address = _address)
                return Libc.SendTo((int)_socket.DangerousGetHandle(), data, (nuint)bytes.Length, Libc.MSG_NOSIGNAL | Libc.MSG_DONTWAIT, address, (uint)_address.Length) == bytes.Length;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
        finally
        {
            if (held)
                _socket.DangerousRelease();
        }
    }

    public void Dispose() => _socket.Dispose();
}
