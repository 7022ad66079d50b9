// Accepts connections. The framework's own listener takes every failure of accept(2) for a client that has gone, and tries again at once: when the process is
// out of descriptors, that is a thread at full speed for as long as somebody waits in the backlog. Here such a failure is answered with the one
// descriptor that was kept for it: whoever waits is taken in, told, and let go. What else fails is tried again after a pause.
//
// Who may come in is decided here, not in the connection's own middleware: that runs when a thread has time for it, and until then a crowd that is accepted
// faster than it is sent away has taken the descriptors of everybody else.

using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Overseer.Server.Limits;

namespace Overseer.Hosting.Listening;

/// <summary>A listening socket. One accepts at a time.</summary>
/// <param name="listening">The socket, to be disposed of here.</param>
/// <param name="connections">Makes connections of sockets.</param>
/// <param name="admit">A place for who has connected; null when there is none. It throws <see cref="SocketException"/> for who has gone.</param>
/// <param name="clock">For pauses.</param>
/// <param name="log">Is told what fails.</param>
internal sealed class ServerListener(Socket listening, SocketConnectionContextFactory connections, Func<Socket, ConnectionSeat?> admit, TimeProvider clock, ILogger log) : IConnectionListener
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly byte[] TooMany = TurnedAway.Answer("too many connections");
    private readonly SpareDescriptor _spare = new();
    private readonly QuietLog _failures = new(clock);
    private readonly IAcceptor _acceptor = listening.AddressFamily == AddressFamily.Unix ? new UnixAcceptor(listening) : new TcpAcceptor(listening);

    /// <inheritdoc/>
    public EndPoint EndPoint { get; } = listening.LocalEndPoint!;

    /// <inheritdoc/>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            try
            {
                var socket = await _acceptor.AcceptAsync(cancellationToken);
                if (Take(socket) is { } connection)
                {
                    return connection;
                }
            }
            catch (ObjectDisposedException)
            {
                return null;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted)
            {
                // It left while it waited.
            }
            catch (SocketException e)
            {
                if (_failures.TryTake(out var unsaid))
                {
                    HostingLog.CannotAccept(log, EndPoint.ToString() ?? "", e.Message, unsaid);
                }

                if (e.SocketErrorCode is not SocketError.TooManyOpenSockets || !_spare.TryTurnAway(_acceptor))
                {
                    await Task.Delay(Pause, clock, cancellationToken);
                }
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _acceptor.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _acceptor.Dispose();
        _spare.Dispose();
        connections.Dispose();
        return ValueTask.CompletedTask;
    }

    private SeatedConnection? Take(Socket socket)
    {
        ConnectionSeat? seat = null;
        try
        {
            seat = admit(socket);
            if (seat is null)
            {
                TurnedAway.Tell(socket, TooMany);
                socket.Dispose();
                return null;
            }

            if (EndPoint is IPEndPoint)
            {
                socket.NoDelay = true;
            }

            return new SeatedConnection(connections.Create(socket), seat);
        }
        catch (SocketException)
        {
            // It left while it was looked at.
            socket.Dispose();
            seat?.Dispose();
            return null;
        }
    }
}
