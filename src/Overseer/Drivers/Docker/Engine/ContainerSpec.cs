namespace Overseer.Drivers.Docker.Engine;

/// <summary>A container to be created. Unset: as the image says.</summary>
internal sealed record ContainerSpec
{
    /// <summary>Name or id of the image.</summary>
    public required string Image { get; init; }

    /// <summary>The arguments, or the program with them where the image has no entrypoint.</summary>
    public IReadOnlyList<string>? Cmd { get; init; }

    /// <summary>The program.</summary>
    public IReadOnlyList<string>? Entrypoint { get; init; }

    /// <summary>Variables over those of the image: <c>NAME=value</c>.</summary>
    public IReadOnlyList<string>? Env { get; init; }

    /// <summary>Its working directory.</summary>
    public string? WorkingDir { get; init; }

    /// <summary><c>USER[:GROUP]</c>, names or numbers.</summary>
    public string? User { get; init; }

    /// <summary>What it can be found by.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>What the machine gives it.</summary>
    public ContainerHostSpec HostConfig { get; init; } = new();
}
