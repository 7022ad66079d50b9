using System.Net.Sockets;

namespace Overseer.Hosting.Listening;

/// <summary>
/// Asks a server that has just started for its health, and forgets the answer. What a request needs is loaded then, and not when the first client comes; or when
/// so many come at once that no descriptor is left to load it with, which it would never get over. It takes nobody's place: it has a name, by which it is not counted.
/// </summary>
internal static class FirstRequest
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly byte[] Request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8.ToArray();

    /// <summary>A name that no other connection has.</summary>
    public static UnixDomainSocketEndPoint NewName() => new($"\0overseer-first-{Guid.NewGuid():N}");

    /// <summary>Asks over a server's own UNIX socket, under that name. Never fails.</summary>
    public static async Task MakeAsync(string socketPath, UnixDomainSocketEndPoint name, TimeProvider clock)
    {
        using var enough = new CancellationTokenSource(Patience, clock);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(name);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), enough.Token);
            await socket.SendAsync(Request, enough.Token);
            var answer = new byte[1024];
            while (await socket.ReceiveAsync(answer, enough.Token) > 0)
            {
                // Whatever it is.
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // The server has ended, or has more to do; then clients warm it.
        }
    }
}
