using System.Net.WebSockets;

namespace Overseer.Server.Channels;

/// <summary>How a channel ends from our side (RFC 6455, 7.4).</summary>
/// <param name="Status">The code.</param>
/// <param name="Reason">What the peer is told, at most 123 bytes.</param>
/// <param name="Drain">Whether what waits is sent before.</param>
internal sealed record ChannelEnd(WebSocketCloseStatus Status, string? Reason, bool Drain)
{
    /// <summary>IANA's registry of close codes: the peer may come back later.</summary>
    private const int TryAgainLater = 1013;

    /// <summary>The peer wanted it.</summary>
    public static ChannelEnd Normal { get; } = new(WebSocketCloseStatus.NormalClosure, null, Drain: false);

    /// <summary>The server ends.</summary>
    public static ChannelEnd ShuttingDown { get; } = new(WebSocketCloseStatus.EndpointUnavailable, "the server is shutting down", Drain: true);

    /// <summary>The peer may not be connected any more.</summary>
    public static ChannelEnd NotAllowed(string reason) => new(WebSocketCloseStatus.PolicyViolation, reason, Drain: true);

    /// <summary>More waits for the peer than may.</summary>
    public static ChannelEnd Overfull(int most) =>
        new((WebSocketCloseStatus)TryAgainLater, $"more than {most} bytes of answers wait to be read (limits.max_queued_bytes)", Drain: false);

    /// <summary>The peer has sent too much at once.</summary>
    public static ChannelEnd TooLarge(int most) => new(WebSocketCloseStatus.MessageTooBig, TooLargeText(most), Drain: false);

    /// <summary>What is said about a message that is too large.</summary>
    public static string TooLargeText(int most) => $"a message may have {most} bytes (limits.max_message_bytes)";
}
