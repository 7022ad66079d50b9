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

    /// <summary>One object on one line.</summary>
    internal static void WriteObject<T>(LineSink sink, ObjectType<T> type, T item)
        where T : class
    {
        var buffer = new ArrayBufferWriter<byte>();
        var output = new JsonOutput(buffer);
        type.Write(ref output, item);
        output.Complete();
        sink.Write(buffer.WrittenSpan);
        sink.Write("\n"u8);
        sink.Flush();
    }

    /// <summary>Pools as one array on one line, each with its action; the one of all tasks together has none.</summary>
    internal static void WritePools(LineSink sink, IReadOnlyList<(string? Action, PoolInfo Pool)> pools)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var output = new JsonOutput(buffer);
        output.Raw((byte)'[');
        for (int i = 0; i < pools.Count; i++)
        {
            output.Raw(i == 0 ? "{"u8 : ",{"u8);
            if (pools[i].Action is { } action)
            {
                output.Raw("\"action\":"u8);
                output.Text(action);
                output.Raw((byte)',');
            }
            output.Raw("\"pool\":"u8);
            PoolInfo.Schema.Write(ref output, pools[i].Pool);
            output.Raw((byte)'}');
        }
        output.Raw("]\n"u8);
        output.Complete();
        sink.Write(buffer.WrittenSpan);
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
