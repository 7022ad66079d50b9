namespace Overseer.Configuration;

/// <summary>The hub: containers report, viewers watch.</summary>
public sealed record HubOptions
{
    /// <summary>The most that <see cref="MaxMessageBytes"/> can be: 256 KiB, a piece of a journal.</summary>
    public const int MostMessageBytes = 256 * 1024;

    /// <summary>What clients must bring; null: loopback peers only, or the tokens of the overseer protocol where there are some.</summary>
    public SecretText? Token { get; init; }

    /// <summary>Time between pings and heartbeats. Default 30 s.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Silence that ends a session. Default 5 min.</summary>
    public TimeSpan SessionTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Open sessions at one time. Default 100.</summary>
    public int MaxSessions { get; init; } = 100;

    /// <summary>The largest message, in bytes; a larger one closes its connection. Default 256 KiB.</summary>
    public int MaxMessageBytes { get; init; } = MostMessageBytes;

    /// <summary>Whether nothing else is served on the network (<c>overseer hub</c>).</summary>
    internal bool Alone { get; init; }
}
