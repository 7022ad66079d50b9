using System.Buffers;
using Overseer.Protocols.Classic;
using Overseer.Protocols.Json;

namespace Overseer.Protocols.V2;

/// <summary>Writes what servers send, as JSON in UTF-8 without frame, piece by piece into the destination.</summary>
public static class ServerMessageWriter
{
    /// <summary>Writes one message, <c>type</c> first.</summary>
    /// <param name="destination">Where to; gets it in pieces of at least 4 KiB.</param>
    /// <param name="message">The message.</param>
    public static void Write(IBufferWriter<byte> destination, ServerMessage message) => Write(destination, message, ProtocolProfile.V2);

    /// <summary>Writes one message for a client of some profile.</summary>
    /// <param name="destination">Where to; gets it in pieces of at least 4 KiB.</param>
    /// <param name="message">The message.</param>
    /// <param name="profile">What the client was written for.</param>
    public static void Write(IBufferWriter<byte> destination, ServerMessage message, ProtocolProfile profile)
    {
        var output = new JsonOutput(destination);
        message = profile.Phrase(message);
        message.Definition.Write(ref output, message, profile.WritesEmptyId(message));
        output.Complete();
    }
}
