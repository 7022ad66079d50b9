// Accepts connections. The framework's own listener takes every failure of accept(2) for a client that has gone, and tries again at once: when the process is
// out of descriptors, that is a thread at full speed for as long as somebody waits in the backlog. Here such a failure is answered with the one
// descriptor that was kept for it: whoever waits is taken in, told, and let go. What else fails is tried again after a pause.

using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Overseer.Server.Limits;

namespace Overseer.Hosting.Listening;

/// <summary>A listening socket. One accepts at a time.</summary>
internal sealed class ServerListener(Socket listening, SocketConnectionContextFactory connections, TimeProvider clock, ILogger log) : IConnectionListener
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private readonly SpareDescriptor _spare = new();
    private readonly QuietLog _failures = new(clock);

    /// <inheritdoc/>
    public EndPoint EndPoint { get; } = listening.LocalEndPoint!;

    /// <inheritdoc/>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            try
            {
                var socket = await listening.AcceptAsync(cancellationToken);
                if (EndPoint is IPEndPoint)
                {
                    socket.NoDelay = true;
                }

                return connections.Create(socket);
            }
            catch (Exception e) when (e is ObjectDisposedException || (e is SocketException { SocketErrorCode: SocketError.OperationAborted } && listening.SafeHandle.IsClosed))
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

                if (e.SocketErrorCode is not SocketError.TooManyOpenSockets || !_spare.TryTurnAway(listening))
                {
                    await Task.Delay(Pause, clock, cancellationToken);
                }
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        listening.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        listening.Dispose();
        _spare.Dispose();
        connections.Dispose();
        return ValueTask.CompletedTask;
    }
}
