using Overseer.Core.Drivers;
using Overseer.Core.Tasks.Storage;

namespace Overseer.Core.Tasks;

/// <summary>What a task machine remembers of the run that is under way. Not kept after its end.</summary>
internal sealed class LiveRun
{
    /// <summary>How many requests to stop may wait for a start to succeed or fail.</summary>
    public const int MaxWaitingStops = 16;

    /// <summary>The run that begins with an order.</summary>
    public LiveRun(LaunchOrder order, TaskStatus? before)
    {
        var policy = order.Plan.Stop.Bounded();
        Origin = order.Origin;
        Mask = order.Mask;
        Plan = order.Plan;
        Before = before;
        Record = new RunRecord
        {
            RunId = order.RunId,
            Task = order.Status.Number,
            Ordinal = order.Status.Run,
            Phase = TaskPhase.Starting,
            BootId = order.BootId,
            StopSignal = policy.Signal,
            StopGrace = policy.Grace,
        };
    }

    /// <summary>A run that was under way when an earlier server ended. Whoever waited for its start is gone.</summary>
    public LiveRun(RunRecord record, SecretMask mask, TaskStatus? before)
    {
        Mask = mask;
        Before = before;
        Record = record;
    }

    /// <summary>The run.</summary>
    public RunId RunId => Record.RunId;

    /// <summary>Everything about it that survives the server.</summary>
    public RunRecord Record { get; set; }

    /// <summary>Who waits for its start.</summary>
    public RequestOrigin Origin { get; }

    /// <summary>Hides its secrets.</summary>
    public SecretMask Mask { get; }

    /// <summary>What was ordered; unset for a run of an earlier server.</summary>
    public RunPlan? Plan { get; }

    /// <summary>The task before this run; <see langword="null"/> when it is its first.</summary>
    public TaskStatus? Before { get; }

    /// <summary>When the grace time ends, on the clock's monotonic scale.</summary>
    public long GraceEnds { get; set; }

    /// <summary>Who asked for a stop before the start was reported: told when the start fails, since no exit will follow then.</summary>
    public List<RequestOrigin> WaitingStops { get; } = [];
}
