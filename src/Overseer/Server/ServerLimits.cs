namespace Overseer.Server;

/// <summary>Bounds of a connection. Each has a key below <c>limits:</c> in the configuration.</summary>
internal sealed record ServerLimits
{
    /// <summary>The largest message a client may send, in bytes. A larger one closes the connection with code 1009. Default 1 MiB.</summary>
    public int MaxMessageBytes { get; init; } = 1024 * 1024;

    /// <summary>Subscriptions of one connection. Default 10,000.</summary>
    public int MaxSubscriptions { get; init; } = 10_000;

    /// <summary>Connections over the network at one time, upgraded or not, and as many over UNIX sockets. Default 4,096.</summary>
    public int MaxConnections { get; init; } = 4096;

    /// <summary>Connections of one address at one time. Default 1,024.</summary>
    public int MaxConnectionsPerAddress { get; init; } = 1024;

    /// <summary>HTTP requests that are answered at one time, beside WebSockets. Default 256.</summary>
    public int MaxHttpRequests { get; init; } = 256;

    /// <summary>The largest head of a request, in bytes. Default 32 KiB.</summary>
    public int MaxRequestHeadBytes { get; init; } = 32 * 1024;

    /// <summary>Requests of one connection in a second; 0 for no bound, the default.</summary>
    public int MaxRequestsPerSecond { get; init; }

    /// <summary>How long a connection may take until its request has arrived, encryption included; and how long one may stay idle after an answer. Default 10 s.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection may take nothing of what it is sent; then it is dropped. Default 10 min, zero for ever.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Starts of one connection that may be under way; it is read on when one is answered. Default 1,024.</summary>
    public int MaxPendingStarts { get; init; } = 1024;

    /// <summary>Answers and broadcasts that may wait for one connection, in bytes. A connection above it is closed. Default 16 MiB.</summary>
    public int MaxQueuedBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Silence after which a connection is pinged; after twice as much it is dropped. Default 30 s.</summary>
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromSeconds(30);
}
