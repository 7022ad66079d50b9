namespace Overseer.Drivers.Docker.Engine;

/// <summary>How a container was created.</summary>
internal sealed record ContainerConfig
{
    /// <summary>The image, as it was named.</summary>
    public string? Image { get; init; }

    /// <summary>What it can be found by.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>Whether it has a terminal: then there is one stream, and its output comes without frames.</summary>
    public bool Tty { get; init; }

    /// <summary>The signal that its image wants to be stopped by: a name or a number.</summary>
    public string? StopSignal { get; init; }
}
