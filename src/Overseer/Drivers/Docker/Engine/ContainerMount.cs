namespace Overseer.Drivers.Docker.Engine;

/// <summary>Something that is mounted in a container.</summary>
internal sealed record ContainerMount
{
    /// <summary><c>bind</c>, <c>volume</c> or <c>tmpfs</c>.</summary>
    public required string Type { get; init; }

    /// <summary>A directory or file of the machine, or the name of a volume; unset for a tmpfs and for a volume without a name.</summary>
    public string? Source { get; init; }

    /// <summary>Where, in the container.</summary>
    public required string Target { get; init; }

    /// <summary>Whether it cannot be written.</summary>
    public bool? ReadOnly { get; init; }

    /// <summary>Of a tmpfs.</summary>
    public ContainerTmpfs? TmpfsOptions { get; init; }
}
