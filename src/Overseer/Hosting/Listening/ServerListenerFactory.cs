using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Overseer.Server.Limits;

namespace Overseer.Hosting.Listening;

/// <summary>Binds the addresses of a server, instead of the framework's own transport (see <see cref="ServerListener"/> and <see cref="UnixSocketFile"/>).</summary>
internal sealed class ServerListenerFactory(Func<Socket, ConnectionSeat?> admit, TimeProvider clock, ILogger log) : IConnectionListenerFactory
{
    private const int Backlog = 512;

    // Nothing in the way of a frame waits, so a write may run on the thread that made it: one thread switch less for each line.
    private static readonly SocketConnectionFactoryOptions Connections = new() { UnsafePreferInlineScheduling = true };

    /// <inheritdoc/>
    /// <exception cref="StartupException">The address cannot be used.</exception>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var socket = endpoint is UnixDomainSocketEndPoint unix ? UnixSocketFile.Listen(unix.ToString(), Backlog) : Listen((IPEndPoint)endpoint);
        return ValueTask.FromResult<IConnectionListener>(new ServerListener(socket, new SocketConnectionContextFactory(Connections, log), admit, clock, log));
    }

    private static Socket Listen(IPEndPoint endpoint)
    {
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (endpoint.Address.Equals(IPAddress.IPv6Any))
            {
                socket.DualMode = true;
            }

            socket.Bind(endpoint);
            socket.Listen(Backlog);
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new StartupException($"cannot listen on {endpoint}: {Why(e)}", e);
        }
    }

    private static string Why(SocketException failure) => failure.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => "another program listens there; stop it, or listen elsewhere",
        SocketError.AccessDenied => "this user may not use that port (those below 1024 are root's, unless the machine says otherwise)",
        SocketError.AddressNotAvailable => "this machine has no such address",
        _ => failure.Message,
    };
}
