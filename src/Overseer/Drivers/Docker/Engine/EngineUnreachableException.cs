using System.Net.Sockets;
using Overseer.Recorder.Interop;

namespace Overseer.Drivers.Docker.Engine;

/// <summary>Nobody answers on an engine's socket, or the one who did is gone. What was asked for may have been done all the same.</summary>
internal sealed class EngineUnreachableException : EngineException
{
    /// <summary>Says what happened.</summary>
    /// <param name="socket">Path of the socket.</param>
    /// <param name="what">What is wrong with it.</param>
    /// <param name="innerException">What said so.</param>
    public EngineUnreachableException(string socket, string what, Exception? innerException = null)
        : base($"container engine at {socket}: {what}", innerException)
    {
    }

    /// <summary>Nobody is there.</summary>
    public static EngineUnreachableException Refused(string socket, SocketException e)
    {
        // .NET has no error for a missing file, and takes one that connect(2) never gives for a UNIX socket.
        var errno = e.SocketErrorCode == SocketError.AddressNotAvailable ? Errno.ENOENT : e.NativeErrorCode;
        return new(socket, $"cannot connect: {Errno.Describe(errno)}", e);
    }
}
