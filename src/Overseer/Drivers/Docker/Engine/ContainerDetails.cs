namespace Overseer.Drivers.Docker.Engine;

/// <summary>A container, as its engine describes it.</summary>
internal sealed record ContainerDetails
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Its name, with a slash before it.</summary>
    public string? Name { get; init; }

    /// <summary>The program.</summary>
    public string? Path { get; init; }

    /// <summary>Its arguments.</summary>
    public IReadOnlyList<string>? Args { get; init; }

    /// <summary>How it is.</summary>
    public required ContainerState State { get; init; }

    /// <summary>How it was created.</summary>
    public ContainerConfig? Config { get; init; }

    /// <summary>What the machine gives it.</summary>
    public ContainerHostState? HostConfig { get; init; }

    /// <summary>The value of a label; null when it has none of that name.</summary>
    public string? Label(string name) => Config?.Labels?.GetValueOrDefault(name);
}
