namespace Overseer.Drivers.Docker.Engine;

/// <summary>What the machine gives a container.</summary>
internal sealed record ContainerHostSpec
{
    /// <summary>Its network; unset for the engine's default.</summary>
    public string? NetworkMode { get; init; }

    /// <summary>Bytes of memory.</summary>
    public long? Memory { get; init; }

    /// <summary>Bytes of memory and swap together.</summary>
    public long? MemorySwap { get; init; }

    /// <summary>Processors, in billionths.</summary>
    public long? NanoCpus { get; init; }

    /// <summary>Processes and threads.</summary>
    public long? PidsLimit { get; init; }

    /// <summary>What is mounted.</summary>
    public IReadOnlyList<ContainerMount>? Mounts { get; init; }

    /// <summary>When the engine starts it again: never, as that is ours to decide.</summary>
    public ContainerRestart RestartPolicy { get; init; } = new("no");

    /// <summary>Whether the engine removes it at its end. Never: its exit code would go with it.</summary>
    public bool AutoRemove { get; init; }
}
