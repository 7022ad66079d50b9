using Overseer.Core.Drivers;
using Overseer.Core.Tasks.Storage;

namespace Overseer.Core.Tasks;

/// <summary>What a task machine remembers of the run that is under way. Not kept after its end.</summary>
internal sealed class LiveRun
{
    /// <summary>How many requests to stop are remembered.</summary>
    public const int MaxStops = 16;

    /// <summary>The run that begins with an order.</summary>
    public LiveRun(LaunchOrder order, TaskStatus? before, TaskStanding standingBefore)
    {
        Kind = order.Kind;
        StandingBefore = standingBefore;
        var policy = order.Plan.Stop.Bounded();
        var hosted = order.Plan as HostedPlan;
        Origin = order.Origin;
        Mask = order.Mask;
        Plan = order.Plan;
        From = order.From;
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
            Host = hosted?.Host,
            Reference = hosted?.Reference,
        };
    }

    /// <summary>A run that was under way when an earlier server ended. Whoever waited for its start is gone.</summary>
    public LiveRun(RunRecord record, LaunchKind kind, SecretMask mask, TaskStatus? before, TaskStanding standingBefore)
    {
        Kind = kind;
        StandingBefore = standingBefore;
        Mask = mask;
        Before = before;
        Record = record;
    }

    /// <summary>The run.</summary>
    public RunId RunId => Record.RunId;

    /// <summary>Everything about it that survives the server.</summary>
    public RunRecord Record { get; set; }

    /// <summary>What it was launched for.</summary>
    public LaunchKind Kind { get; }

    /// <summary>Who waits for its start; unset when nobody does.</summary>
    public RequestOrigin? Origin { get; }

    /// <summary>Hides its secrets.</summary>
    public SecretMask Mask { get; }

    /// <summary>What was ordered; unset for a run of an earlier server.</summary>
    public RunPlan? Plan { get; }

    /// <summary>The action as it was then; unset for a run of an earlier server.</summary>
    public ActionEntry? From { get; }

    /// <summary>The task before this run; <see langword="null"/> when it is its first.</summary>
    public TaskStatus? Before { get; set; }

    /// <summary>Where the task stands again when its start fails.</summary>
    public TaskStanding StandingBefore { get; }

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
