using System.Buffers.Binary;

namespace Overseer.Protocols.V2;

/// <summary>Headers of the frames a server sends: one whole text message each, unmasked (RFC 6455, section 5.2).</summary>
public static class WebSocketFrame
{
    /// <summary>The longest header in bytes.</summary>
    public const int MaxHeaderBytes = 10;

    private const byte FinalText = 0x81;
    private const int MaxTiny = 125;

    /// <summary>How long the header for a payload of that many bytes is: 2, 4 or 10 bytes.</summary>
    public static int HeaderLength(long payloadLength) => payloadLength switch
    {
        <= MaxTiny => 2,
        <= ushort.MaxValue => 4,
        _ => MaxHeaderBytes,
    };

    /// <summary>Writes the header and returns its length.</summary>
    /// <param name="destination">At least <see cref="HeaderLength"/> bytes.</param>
    /// <param name="payloadLength">The payload's length in bytes, 0 or more.</param>
    public static int WriteHeader(Span<byte> destination, long payloadLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(payloadLength);
        int length = HeaderLength(payloadLength);
        destination[0] = FinalText;
        switch (length)
        {
            case 2:
                destination[1] = (byte)payloadLength;
                break;
            case 4:
                destination[1] = 126;
                BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)payloadLength);
                break;
            default:
                destination[1] = 127;
                BinaryPrimitives.WriteInt64BigEndian(destination[2..], payloadLength);
                break;
        }
        return length;
    }
}
