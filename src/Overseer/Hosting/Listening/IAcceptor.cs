using System.Net.Sockets;

namespace Overseer.Hosting.Listening;

/// <summary>Takes in who connects to a listening socket. One caller at a time.</summary>
internal interface IAcceptor : IDisposable
{
    /// <summary>Waits for the next.</summary>
    /// <exception cref="SocketException">It cannot be accepted.</exception>
    /// <exception cref="ObjectDisposedException">The socket listens no more.</exception>
    ValueTask<Socket> AcceptAsync(CancellationToken cancellationToken);

    /// <summary>Who waits already; null when nobody does.</summary>
    /// <exception cref="SocketException">It cannot be accepted.</exception>
    Socket? TryAccept();
}
