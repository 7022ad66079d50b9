using Overseer.Core.Drivers;

namespace Overseer.Core.Tasks;

/// <summary>What a task machine remembers of the run that is under way. Not kept after its end.</summary>
internal sealed class LiveRun(LaunchOrder order, TaskStatus? before)
{
    /// <summary>How many requests to stop are remembered.</summary>
    public const int MaxStops = 16;

    /// <summary>The run.</summary>
    public RunId RunId { get; } = order.RunId;

    /// <summary>Who waits for its start.</summary>
    public RequestOrigin Origin { get; } = order.Origin;

    /// <summary>How it is stopped.</summary>
    public StopPolicy Policy { get; } = order.Plan.Stop.Bounded();

    /// <summary>Hides its secrets.</summary>
    public SecretMask Mask { get; } = order.Mask;

    /// <summary>The task before this run; <see langword="null"/> when it is its first.</summary>
    public TaskStatus? Before { get; } = before;

    /// <summary>Its process, once there is one.</summary>
    public int Pid { get; set; }

    /// <summary>Start time of that process.</summary>
    public long ProcessStartTime { get; set; }

    /// <summary>The grace time of the stop that was asked for; unset as long as nobody has.</summary>
    public TimeSpan? StopGrace { get; set; }

    /// <summary>When the grace time ends, on the clock's monotonic scale.</summary>
    public long GraceEnds { get; set; }

    /// <summary>
    /// Who asked for a stop: told when the start fails, since no exit will follow then, and when a process could not be killed. No more than
    /// <see cref="MaxStops"/>.
    /// </summary>
    public List<RequestOrigin> StoppedBy { get; } = [];

    /// <summary>Remembers who asked for a stop; false when there are too many.</summary>
    public bool AddStop(RequestOrigin? origin)
    {
        if (origin is not { } asked) return true;
        if (StoppedBy.Count == MaxStops) return false;
        StoppedBy.Add(asked);
        return true;
    }
}
