using System.Buffers;
using System.Text;
using System.Text.Json;
using Overseer.Protocols.Classic;
using Overseer.Protocols.V2;

namespace Overseer.Protocols.Tests;

/// <summary>Both writers as functions, and the framework's reader as the judge of what is JSON.</summary>
internal static class Json
{
    public static byte[] Bytes(ServerMessage message) => Bytes(message, ProtocolProfile.V2);

    public static byte[] Bytes(ServerMessage message, ProtocolProfile profile)
    {
        var bytes = new ArrayBufferWriter<byte>();
        ServerMessageWriter.Write(bytes, message, profile);
        return bytes.WrittenSpan.ToArray();
    }

    public static byte[] Bytes(ClientMessage message)
    {
        var bytes = new ArrayBufferWriter<byte>();
        ClientMessageWriter.Write(bytes, message);
        return bytes.WrittenSpan.ToArray();
    }

    public static string Text(ServerMessage message) => Encoding.UTF8.GetString(Bytes(message));

    public static string Text(ServerMessage message, ProtocolProfile profile) => Encoding.UTF8.GetString(Bytes(message, profile));

    public static string Text(ClientMessage message) => Encoding.UTF8.GetString(Bytes(message));

    public static bool IsValid(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8);
        try
        {
            return JsonDocument.TryParseValue(ref reader, out var document) && document.RootElement.ToString() is not null && !reader.Read();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
