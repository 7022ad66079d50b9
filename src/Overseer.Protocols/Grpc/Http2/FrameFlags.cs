namespace Overseer.Protocols.Grpc.Http2;

/// <summary>The flags of HTTP/2 frames; what 1 means depends on the kind.</summary>
[Flags]
internal enum FrameFlags
{
    None = 0,
    /// <summary>The last frame of its stream; of SETTINGS and PING that they answer.</summary>
    EndStream = 1,
    EndHeaders = 4,
    Padded = 8,
    Priority = 32,
}
