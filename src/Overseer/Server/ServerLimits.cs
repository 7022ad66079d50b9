namespace Overseer.Server;

/// <summary>Bounds of a connection. Each has a key below <c>limits:</c> in the configuration.</summary>
internal sealed record ServerLimits
{
    /// <summary>The largest message a client may send, in bytes. A larger one closes the connection with code 1009. Default 1 MiB.</summary>
    public int MaxMessageBytes { get; init; } = 1024 * 1024;

    /// <summary>Subscriptions of one connection. Default 10,000.</summary>
    public int MaxSubscriptions { get; init; } = 10_000;

    /// <summary>Connections at one time. Default 4,096.</summary>
    public int MaxConnections { get; init; } = 4096;

    /// <summary>Starts of one connection that may be under way; it is read on when one is answered. Default 1,024.</summary>
    public int MaxPendingStarts { get; init; } = 1024;

    /// <summary>Answers and broadcasts that may wait for one connection, in bytes. A connection above it is closed. Default 16 MiB.</summary>
    public int MaxQueuedBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Silence after which a connection is pinged; after twice as much it is dropped. Default 30 s.</summary>
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromSeconds(30);
}
