using System.Buffers;
using Overseer.Protocols.Json;
using Overseer.Protocols.Schema;
using Overseer.Protocols.V2;

namespace Overseer.Cli.Console;

/// <summary>Data as JSON, with the names and types of the protocol (docs/protocol.md).</summary>
internal static class JsonLines
{
    /// <summary>One array on one line.</summary>
    internal static void WriteArray<T>(LineSink sink, ObjectType<T> type, IReadOnlyList<T> items)
        where T : class
    {
        var buffer = new ArrayBufferWriter<byte>();
        var output = new JsonOutput(buffer);
        new ListType<T>(type).Write(ref output, items);
        output.Complete();
        sink.Write(buffer.WrittenSpan);
        sink.Write("\n"u8);
        sink.Flush();
    }

    /// <summary>One message on one line, not flushed.</summary>
    internal static void WriteMessage(LineSink sink, ServerMessage message)
    {
        var buffer = new ArrayBufferWriter<byte>();
        ServerMessageWriter.Write(buffer, message);
        sink.Write(buffer.WrittenSpan);
        sink.Write("\n"u8);
    }
}
