namespace Overseer.Protocols.Grpc.Http2;

/// <summary>The kinds of HTTP/2 frames (RFC 9113, 6).</summary>
internal enum FrameKind
{
    Data = 0,
    Headers = 1,
    Priority = 2,
    Reset = 3,
    Settings = 4,
    Push = 5,
    Ping = 6,
    GoAway = 7,
    Window = 8,
    Continuation = 9,
}
