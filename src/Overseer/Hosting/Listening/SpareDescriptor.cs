using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace Overseer.Hosting.Listening;

/// <summary>A descriptor that is kept for the moment at which there is no other. Not thread-safe.</summary>
internal sealed class SpareDescriptor : IDisposable
{
    private static readonly byte[] Sorry = "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 45\r\nConnection: close\r\n\r\nthe server is out of descriptors (open files)"u8.ToArray();
    private SafeFileHandle? _kept = Take();

    /// <summary>Takes in who waits, tells him that there is no room, and lets him go; false when that was not possible either.</summary>
    public bool TryTurnAway(Socket listening)
    {
        if (_kept is null && (_kept = Take()) is null)
        {
            return false;
        }

        _kept.Dispose();
        _kept = null;
        try
        {
            // Somebody waits, or accept would have waited for him instead of failing.
            using var socket = listening.Poll(TimeSpan.Zero, SelectMode.SelectRead) ? listening.Accept() : null;
            if (socket is not null)
            {
                Tell(socket);
            }

            return socket is not null;
        }
        catch (SocketException)
        {
            return false;
        }
        finally
        {
            _kept = Take();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _kept?.Dispose();

    private static void Tell(Socket socket)
    {
        socket.Blocking = false;
        socket.Send(Sorry, SocketFlags.None, out _);
        socket.Shutdown(SocketShutdown.Send);
        // What it has sent already is read: unread, it would make the kernel reset the connection, and our words would be lost.
        Span<byte> request = stackalloc byte[4096];
        while (socket.Receive(request, SocketFlags.None, out _) > 0)
        {
            // Nobody is interested.
        }
    }

    private static SafeFileHandle? Take()
    {
        try
        {
            return File.OpenHandle("/dev/null");
        }
        catch (IOException)
        {
            return null;
        }
    }
}
