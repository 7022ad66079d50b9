namespace Overseer.Core.Drivers;

/// <summary>What one run may use; an unset limit is that of the server. Kept by the run's control group where the machine lets us, else by setrlimit(2).</summary>
public sealed record ProcessLimits
{
    /// <summary>Processes and threads at one time.</summary>
    public long? Processes { get; init; }

    /// <summary>Bytes of memory.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Open descriptors of each process.</summary>
    public long? OpenFiles { get; init; }
}
