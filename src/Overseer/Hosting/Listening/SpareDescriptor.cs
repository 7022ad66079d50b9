using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace Overseer.Hosting.Listening;

/// <summary>A descriptor that is kept for the moment at which there is no other. Not thread-safe.</summary>
internal sealed class SpareDescriptor : IDisposable
{
    private static readonly byte[] Sorry = TurnedAway.Answer("the server is out of descriptors (open files)");
    private SafeFileHandle? _kept = Take();

    /// <summary>Takes in who waits, tells him that there is no room, and lets him go; false when that was not possible either.</summary>
    public bool TryTurnAway(IAcceptor acceptor)
    {
        if (_kept is null && (_kept = Take()) is null)
        {
            return false;
        }

        _kept.Dispose();
        _kept = null;
        try
        {
            using var socket = acceptor.TryAccept();
            if (socket is not null)
            {
                TurnedAway.Tell(socket, Sorry);
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
