using System.Buffers;
using Overseer.Protocols.V2;

namespace Overseer.Streams;

/// <summary>Encodes rare messages as finished WebSocket text frames, one after the other. Lines of output have their own way (<see cref="EventSource"/>).</summary>
internal static class MessageFrames
{
    /// <summary>The frames of <paramref name="messages"/>.</summary>
    public static ReadOnlyMemory<byte> Encode(ReadOnlySpan<ServerMessage> messages)
    {
        var frames = new ArrayBufferWriter<byte>(256 * messages.Length);
        foreach (var message in messages)
        {
            Encode(message, frames);
        }

        return frames.WrittenMemory;
    }

    /// <summary>Appends the frame of one message.</summary>
    public static void Encode(ServerMessage message, IBufferWriter<byte> frames)
    {
        var payload = new ArrayBufferWriter<byte>(256);
        ServerMessageWriter.Write(payload, message);
        var header = frames.GetSpan(WebSocketFrame.MaxHeaderBytes);
        frames.Advance(WebSocketFrame.WriteHeader(header, payload.WrittenCount));
        frames.Write(payload.WrittenSpan);
    }
}
