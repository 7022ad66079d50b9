namespace Overseer.Recorder.Spawning;

/// <summary>Resource limits of a run; null leaves a limit as it is.</summary>
public sealed record SpawnLimits
{
    /// <summary>Bytes of memory.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Processes and threads.</summary>
    public long? Processes { get; init; }

    /// <summary>Open descriptors (soft limit).</summary>
    public long? OpenFiles { get; init; }

    /// <summary>Thousandths of one processor.</summary>
    public long? CpuMilli { get; init; }
}
