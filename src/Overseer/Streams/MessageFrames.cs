using System.Buffers;
using Overseer.Protocols.Classic;
using Overseer.Protocols.V2;

namespace Overseer.Streams;

/// <summary>Encodes rare messages as finished WebSocket text frames, one after the other. Lines of output have their own way (<see cref="EventSource"/>).</summary>
internal static class MessageFrames
{
    // One buffer a thread, since messages are small and many; what a huge list made large is not kept.
    private const int KeptBytes = 64 * 1024;

    [ThreadStatic]
    private static PooledBuffer? _frameBuffer;

    [ThreadStatic]
    private static PooledBuffer? _payloadBuffer;

    /// <summary>The frames of <paramref name="messages"/>; valid until the thread's next call.</summary>
    public static ReadOnlySpan<byte> Encode(ReadOnlySpan<ServerMessage> messages)
    {
        var frames = _frameBuffer ??= new PooledBuffer();
        frames.Reset(KeptBytes);
        foreach (var message in messages)
        {
            Encode(message, frames);
        }

        return frames.WrittenMemory.Span;
    }

    /// <summary>Appends the frame of one message.</summary>
    public static void Encode(ServerMessage message, IBufferWriter<byte> frames) => Encode(message, frames, ProtocolProfile.V2);

    /// <summary>Appends the frame of one message as clients of a profile know it.</summary>
    public static void Encode(ServerMessage message, IBufferWriter<byte> frames, ProtocolProfile profile)
    {
        var payload = _payloadBuffer ??= new PooledBuffer();
        payload.Reset(KeptBytes);

        // What is large grows by doubling otherwise, and is copied each time.
        payload.GetSpan(message.SizeHint);
        ServerMessageWriter.Write(payload, message, profile);
        frames.GetSpan(payload.WrittenCount + WebSocketFrame.MaxHeaderBytes);
        var header = frames.GetSpan(WebSocketFrame.MaxHeaderBytes);
        frames.Advance(WebSocketFrame.WriteHeader(header, payload.WrittenCount));
        frames.Write(payload.WrittenMemory.Span);
        payload.Reset(KeptBytes);
    }
}
