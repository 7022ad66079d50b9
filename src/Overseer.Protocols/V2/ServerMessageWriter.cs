using System.Buffers;
using Overseer.Protocols.Json;

namespace Overseer.Protocols.V2;

/// <summary>Writes what servers send, as JSON in UTF-8 without frame, piece by piece into the destination.</summary>
public static class ServerMessageWriter
{
    /// <summary>Writes one message, <c>type</c> first.</summary>
    /// <param name="destination">Where to; gets it in pieces of at least 4 KiB.</param>
    /// <param name="message">The message.</param>
    public static void Write(IBufferWriter<byte> destination, ServerMessage message)
    {
        var output = new JsonOutput(destination);
        message.Definition.Write(ref output, message);
        output.Complete();
    }
}
