using System.Buffers;
using Overseer.Protocols.Classic;
using Overseer.Protocols.V2;

namespace Overseer.Streams;

/// <summary>Encodes rare messages as finished WebSocket text frames, one after the other. Lines of output have their own way (<see cref="EventSource"/>).</summary>
internal static class MessageFrames
{
    private const int KeptBytes = 64 * 1024;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _frameBuffer;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _payloadBuffer;

    /// <summary>The frames of <paramref name="messages"/>; valid until the thread's next call.</summary>
    public static ReadOnlySpan<byte> Encode(ReadOnlySpan<ServerMessage> messages)
    {
        var frames = Empty(ref _frameBuffer);
        foreach (var message in messages)
        {
            Encode(message, frames);
        }

        return frames.WrittenSpan;
    }

    /// <summary>Appends the frame of one message.</summary>
    public static void Encode(ServerMessage message, IBufferWriter<byte> frames) => Encode(message, frames, ProtocolProfile.V2);

    /// <summary>Appends the frame of one message as clients of a profile know it.</summary>
    public static void Encode(ServerMessage message, IBufferWriter<byte> frames, ProtocolProfile profile)
    {
        // What is large grows by doubling otherwise, and is copied each time.
        var hint = message.SizeHint;
        var payload = hint > KeptBytes ? new ArrayBufferWriter<byte>(hint) : Empty(ref _payloadBuffer);
        ServerMessageWriter.Write(payload, message, profile);
        frames.GetSpan(payload.WrittenCount + WebSocketFrame.MaxHeaderBytes);
        var header = frames.GetSpan(WebSocketFrame.MaxHeaderBytes);
        frames.Advance(WebSocketFrame.WriteHeader(header, payload.WrittenCount));
        frames.Write(payload.WrittenSpan);
    }

    // One buffer a thread, since messages are small and many; one that a huge list made large is not kept.
    private static ArrayBufferWriter<byte> Empty(ref ArrayBufferWriter<byte>? buffer)
    {
        if (buffer is null || buffer.Capacity > KeptBytes)
        {
            buffer = new ArrayBufferWriter<byte>(KeptBytes / 8);
        }

        buffer.ResetWrittenCount();
        return buffer;
    }
}
