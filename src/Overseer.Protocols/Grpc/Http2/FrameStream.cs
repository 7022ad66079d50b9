using System.Buffers;
using System.Buffers.Binary;

namespace Overseer.Protocols.Grpc.Http2;

/// <summary>HTTP/2 frames over a connection, as they come and go. Blocking; one thread only.</summary>
internal sealed class FrameStream(Stream stream)
{
    private readonly byte[] _head = new byte[Http2Frame.HeaderBytes];
    private readonly ArrayBufferWriter<byte> _outgoing = new();

    /// <summary>Adds bytes to what <see cref="Flush"/> sends.</summary>
    public void Write(ReadOnlySpan<byte> bytes) => _outgoing.Write(bytes);

    /// <summary>Adds a frame to what <see cref="Flush"/> sends.</summary>
    public void Write(FrameKind kind, FrameFlags flags, int streamId, ReadOnlySpan<byte> payload)
    {
        Span<byte> head = stackalloc byte[Http2Frame.HeaderBytes];
        BinaryPrimitives.WriteUInt32BigEndian(head, (uint)payload.Length << 8);
        head[3] = (byte)kind;
        head[4] = (byte)flags;
        BinaryPrimitives.WriteInt32BigEndian(head[5..], streamId);
        _outgoing.Write(head);
        _outgoing.Write(payload);
    }

    /// <summary>Sends what was written, in one go.</summary>
    public void Flush()
    {
        if (_outgoing.WrittenCount == 0)
            return;
        stream.Write(_outgoing.WrittenSpan);
        _outgoing.ResetWrittenCount();
    }

    /// <summary>The next frame.</summary>
    /// <exception cref="EndOfStreamException">The connection was closed.</exception>
    /// <exception cref="FormatException">What comes is no HTTP/2.</exception>
    public Http2Frame Read()
    {
        stream.ReadExactly(_head);
        uint word = BinaryPrimitives.ReadUInt32BigEndian(_head);
        int length = (int)(word >> 8);
        if (length > Http2Frame.MaxPayloadBytes)
            throw new FormatException($"a frame of {length} bytes came, where {Http2Frame.MaxPayloadBytes} are allowed; is it HTTP/2?");
        byte[] payload = length == 0 ? [] : new byte[length];
        stream.ReadExactly(payload);
        return new Http2Frame((FrameKind)_head[3], (FrameFlags)_head[4], BinaryPrimitives.ReadInt32BigEndian(_head.AsSpan(5)) & int.MaxValue, payload);
    }
}
