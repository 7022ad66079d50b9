using Overseer.Core.Pools;

namespace Overseer.Core.Tasks;

/// <summary>Bounds and defaults of the engine.</summary>
internal sealed record EngineOptions
{
    /// <summary>Known tasks, running and ended; the oldest ended ones are forgotten for new ones. Default 10,000.</summary>
    public int MaxTasks { get; init; } = 10_000;

    /// <summary>Known adopted processes; the first dead ones are forgotten for new ones. Default 100,000.</summary>
    public int MaxAdopted { get; init; } = 100_000;

    /// <summary>Time between SIGTERM and SIGKILL when an adopted process is stopped and the request says nothing. Default 5 s.</summary>
    public TimeSpan AdoptedGrace { get; init; } = StopPolicy.Default.Grace;

    /// <summary>Estimated bytes of ids, parameters and arguments of all known tasks; the oldest ended ones are forgotten for new ones. Default 256 MiB.</summary>
    public long MaxTaskBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>Parameters of one start. Default 1,024.</summary>
    public int MaxParameters { get; init; } = 1024;

    /// <summary>Arguments of one command. Default 4,096.</summary>
    public int MaxArguments { get; init; } = 4096;

    /// <summary>Bytes of a command and its arguments together. Default 1 MiB.</summary>
    public int MaxArgumentBytes { get; init; } = 1 << 20;

    /// <summary>Tags, and groups, of one start. Default 64 of at most 256 bytes each.</summary>
    public int MaxLabels { get; init; } = 64;

    /// <summary>The present boot of the machine (<c>/proc/sys/kernel/random/boot_id</c>): pids and start times of another mean nothing.</summary>
    public Guid BootId { get; init; }

    /// <summary>The retry policy under those of actions and requests; unset by default.</summary>
    public RetryPolicy? Retry { get; init; }

    /// <summary>How many tasks may run and wait. Default: no limits, no queues.</summary>
    public PoolPlan Pools { get; init; } = PoolPlan.Unlimited;
}
