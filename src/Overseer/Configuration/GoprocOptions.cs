namespace Overseer.Configuration;

/// <summary>The goproc socket.</summary>
public sealed record GoprocOptions
{
    /// <summary>The socket; null for the place goproc's client looks at.</summary>
    public string? Socket { get; init; }

    /// <summary>Whether the goproc socket is all that is listened on: <c>goproc daemon</c>. Default false.</summary>
    internal bool Alone { get; init; }

    /// <summary>Time between looks at whether processes live. Default 10 s.</summary>
    public TimeSpan LivenessInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time between updates of when a process was last seen. Default 30 s.</summary>
    public TimeSpan LastSeenInterval { get; init; } = TimeSpan.FromSeconds(30);
}
