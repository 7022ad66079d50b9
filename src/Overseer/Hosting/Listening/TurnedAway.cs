using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Overseer.Hosting.Listening;

/// <summary>What is said to who is turned away where he was accepted. It never waits.</summary>
internal static class TurnedAway
{
    /// <summary>The answer to whatever is asked.</summary>
    public static byte[] Answer(string reason) => Encoding.ASCII.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {reason.Length}\r\nConnection: close\r\n\r\n{reason}"));

    /// <summary>Says it, and that nothing will follow.</summary>
    /// <exception cref="SocketException">Nobody is there, or he listens no more.</exception>
    public static void Tell(Socket socket, byte[] answer)
    {
        socket.Blocking = false;
        socket.Send(answer, SocketFlags.None, out _);
        socket.Shutdown(SocketShutdown.Send);
        // What it has sent already is read: unread, it would make the kernel reset the connection, and our words would be lost.
        Span<byte> request = stackalloc byte[4096];
        while (socket.Receive(request, SocketFlags.None, out _) > 0)
        {
            // Nobody is interested.
        }
    }
}
