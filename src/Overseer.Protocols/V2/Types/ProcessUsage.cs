using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>What a process, or all of a tree together, use.</summary>
public sealed record ProcessUsage
{
    private static readonly RequiredField<ProcessUsage, double> CpuPercentField =
        new("cpu_percent", WireTypes.Number, m => m.CpuPercent, "Percent of one processor, since the look before; over the whole life when that is a minute or longer ago.");
    private static readonly RequiredField<ProcessUsage, double> CpuSecondsField =
        new("cpu_seconds", WireTypes.Number, m => m.CpuSeconds, "User and system time until now.");
    private static readonly RequiredField<ProcessUsage, long> ResidentBytesField =
        new("resident_bytes", WireTypes.LongCount, m => m.ResidentBytes, "Resident memory; what processes share is counted for each.");
    private static readonly RequiredField<ProcessUsage, int> ThreadsField = new("threads", WireTypes.Count, m => m.Threads, "Threads.");
    private static readonly OptionalValueField<ProcessUsage, long> OpenFdsField =
        new("open_fds", WireTypes.LongCount, m => m.OpenFds, "Open file descriptors, where the server may look.");

    internal static readonly ObjectType<ProcessUsage> Schema = new(
        "ProcessUsage", "What a process, or all of a tree together, use.",
        [CpuPercentField, CpuSecondsField, ResidentBytesField, ThreadsField, OpenFdsField],
        f => new ProcessUsage
        {
            CpuPercent = f.Get(CpuPercentField),
            CpuSeconds = f.Get(CpuSecondsField),
            ResidentBytes = f.Get(ResidentBytesField),
            Threads = f.Get(ThreadsField),
            OpenFds = f.Get(OpenFdsField),
        });

    /// <summary>Percent of one processor, since the look before; over the whole life when that is a minute or longer ago.</summary>
    public required double CpuPercent { get; init; }

    /// <summary>User and system time until now, in seconds.</summary>
    public required double CpuSeconds { get; init; }

    /// <summary>Resident memory; what processes share is counted for each.</summary>
    public required long ResidentBytes { get; init; }

    /// <summary>Threads.</summary>
    public required int Threads { get; init; }

    /// <summary>Open file descriptors; unset where the server may not look.</summary>
    public long? OpenFds { get; init; }
}
