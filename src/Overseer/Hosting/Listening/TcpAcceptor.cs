using System.Net.Sockets;

namespace Overseer.Hosting.Listening;

/// <summary>Accepts over the network.</summary>
internal sealed class TcpAcceptor(Socket listening) : IAcceptor
{
    /// <inheritdoc/>
    public async ValueTask<Socket> AcceptAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await listening.AcceptAsync(cancellationToken);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.OperationAborted && listening.SafeHandle.IsClosed)
        {
            throw new ObjectDisposedException(nameof(TcpAcceptor), e);
        }
    }

    /// <inheritdoc/>
    public Socket? TryAccept() => listening.Poll(TimeSpan.Zero, SelectMode.SelectRead) ? listening.Accept() : null;

    /// <inheritdoc/>
    public void Dispose() => listening.Dispose();
}
