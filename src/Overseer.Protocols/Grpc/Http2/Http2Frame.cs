namespace Overseer.Protocols.Grpc.Http2;

/// <summary>An HTTP/2 frame as it came.</summary>
internal readonly record struct Http2Frame(FrameKind Kind, FrameFlags Flags, int Stream, byte[] Payload)
{
    public const int HeaderBytes = 9;

    /// <summary>The largest payload that needs no agreement.</summary>
    public const int MaxPayloadBytes = 16 * 1024;

    public bool Has(FrameFlags flag) => (Flags & flag) != FrameFlags.None;

    /// <summary>The payload of DATA or HEADERS without padding and priority.</summary>
    /// <exception cref="FormatException">The padding is longer than the frame.</exception>
    public ReadOnlySpan<byte> Content
    {
        get
        {
            int begin = (Has(FrameFlags.Padded) ? 1 : 0) + (Kind == FrameKind.Headers && Has(FrameFlags.Priority) ? 5 : 0);
            int padding = Has(FrameFlags.Padded) && Payload.Length > 0 ? Payload[0] : 0;
            return begin + padding <= Payload.Length ? Payload.AsSpan(begin..^padding) : throw new FormatException("the padding of a frame is longer than the frame");
        }
    }
}
