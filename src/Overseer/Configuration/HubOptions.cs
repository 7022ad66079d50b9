namespace Overseer.Configuration;

/// <summary>The hub: containers report, viewers watch.</summary>
public sealed record HubOptions
{
    /// <summary>What clients must bring; null: loopback peers only.</summary>
    public SecretText? Token { get; init; }

    /// <summary>Time between pings and heartbeats. Default 30 s.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Silence that ends a session. Default 5 min.</summary>
    public TimeSpan SessionTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Open sessions at one time. Default 100.</summary>
    public int MaxSessions { get; init; } = 100;
}
