using System.Buffers;
using Overseer.Protocols.Json;

namespace Overseer.Protocols.V2;

/// <summary>Writes what clients send, as JSON in UTF-8 without frame.</summary>
public static class ClientMessageWriter
{
    /// <summary>Writes one message, <c>type</c> first.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="message">The message; a server refuses one whose fields break the protocol's rules.</param>
    public static void Write(IBufferWriter<byte> destination, ClientMessage message)
    {
        var output = new JsonOutput(destination);
        message.Definition.Write(ref output, message, writesEmptyId: false);
        output.Complete();
    }
}
