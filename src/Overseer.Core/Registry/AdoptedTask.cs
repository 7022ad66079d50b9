using System.Diagnostics;
using Overseer.Core.Tasks;
using Overseer.Core.Tasks.Storage;
using TaskStatus = Overseer.Core.Tasks.TaskStatus;

namespace Overseer.Core.Registry;

/// <summary>
/// The life of a task whose process somebody else started. It has one run, no journal, no plan and no pool; all that can be done about it is to signal it. The whole table of transitions is in
/// <see cref="Apply"/>. What must hold: no signal is ordered before it was adopted nor once it is dead, except to what is left of its group when the grace time of its stop ends.
/// Effects are appended, never performed. The status may be read from any thread, everything else belongs to the engine's one thread.
/// </summary>
internal sealed class AdoptedTask : RegisteredTask
{
    /// <summary>What stands for the action of an adopted task.</summary>
    public const string ActionName = "adopt";

    /// <summary>How many requests to stop are remembered.</summary>
    private const int MaxStops = 16;

    private readonly MachineParts _parts;
    private readonly Guid _id;
    private volatile TaskStatus _status;
    private Ending? _ending;

    /// <summary>Makes the task that a record describes.</summary>
    public AdoptedTask(AdoptedRecord record, MachineParts parts)
        : base(record.Number, record.TaskId.ToString("D"))
    {
        _parts = parts;
        _id = record.TaskId;
        Process = record.Process;
        var ended = record.Phase == TaskPhase.Ended;
        _status = new TaskStatus
        {
            TaskId = TaskId,
            Number = record.Number,
            JournalId = Guid.Empty,
            Origin = TaskOrigin.Adopted,
            Action = ActionName,
            State = ended ? TaskState.Stopped : TaskState.Active,
            Phase = record.Phase,
            WorkerState = ended ? WorkerState.Exited : WorkerState.Running,
            CurrentPid = record.Process.Pid,
            CreatedAt = record.AddedAt,
            LastStartedAt = record.StartedAt,
            LastExitedAt = record.ExitedAt,
            LastExitCode = record.ExitCode,
            LastSignal = record.Signal,
            WasStopped = record.WasStopped,
            Name = record.Name,
            Tags = record.Tags,
            Groups = record.Groups,
            Command = record.CommandLine,
            Run = 1,
        };
        if (record.GraceEndsAt is { } ends) _ending = new Ending { GraceEndsAt = ends };
    }

    /// <inheritdoc/>
    public override TaskStatus Status => _status;

    /// <summary>Its process.</summary>
    public AdoptedProcess Process { get; }

    /// <summary>Whether its process lives.</summary>
    public bool IsAlive => _status.Phase != TaskPhase.Ended;

    /// <summary>Its place among the dead ones, the first dead first; unset while it lives.</summary>
    public LinkedListNode<AdoptedTask>? DeadNode { get; set; }

    /// <summary>The timer of its stop.</summary>
    public TimerKey GraceTimer => new(new RunId(_id), TimerKind.AdoptedGrace);

    /// <summary>What is to be stored of it.</summary>
    public AdoptedRecord Record => new()
    {
        Number = Number,
        TaskId = _id,
        Process = Process,
        CommandLine = _status.Command!,
        Name = _status.Name,
        Tags = _status.Tags,
        Groups = _status.Groups,
        AddedAt = _status.CreatedAt,
        StartedAt = _status.LastStartedAt,
        Phase = _status.Phase,
        ExitedAt = _status.LastExitedAt,
        ExitCode = _status.LastExitCode,
        Signal = _status.LastSignal,
        WasStopped = _status.WasStopped,
        GraceEndsAt = _status.Phase == TaskPhase.Stopping ? _ending?.GraceEndsAt : null,
    };

    /// <summary>Applies one input.</summary>
    public Transition Apply(AdoptedInput input, List<Effect> effects) => (_status.Phase, input) switch
    {
        // It lives and nobody wants it to end.
        (TaskPhase.Running, AdoptedInput.Stop i) => Stop(i, effects),
        (TaskPhase.Running, AdoptedInput.Exited i) => Exited(i, intentional: false, effects),
        (TaskPhase.Running, AdoptedInput.GraceEnded or AdoptedInput.KillIncomplete) => Transition.Ignored,

        // SIGTERM was sent, the grace timer runs.
        (TaskPhase.Stopping, AdoptedInput.Stop i) => ShortenGrace(i, effects),
        (TaskPhase.Stopping, AdoptedInput.GraceEnded) => Kill(effects),
        (TaskPhase.Stopping, AdoptedInput.Exited i) => Exited(i, intentional: true, effects),
        (TaskPhase.Stopping, AdoptedInput.KillIncomplete) => Transition.Ignored,

        // SIGKILL was sent. If it could not end everything, another stop tries it again.
        (TaskPhase.Killing, AdoptedInput.Stop i) => KillAgain(i, effects),
        (TaskPhase.Killing, AdoptedInput.Exited i) => Exited(i, intentional: true, effects),
        (TaskPhase.Killing, AdoptedInput.KillIncomplete i) => KillIncomplete(i, effects),
        (TaskPhase.Killing, AdoptedInput.GraceEnded) => Transition.Ignored,

        // It is dead; what is left of its group may still have to go.
        (TaskPhase.Ended, AdoptedInput.Stop i) => Refuse(i.Origin, "task is not running", effects),
        (TaskPhase.Ended, AdoptedInput.GraceEnded) => SweepGroup(effects),
        (TaskPhase.Ended, AdoptedInput.Exited i) => Learn(i, effects),
        (TaskPhase.Ended, AdoptedInput.KillIncomplete i) => KillIncomplete(i, effects),

        _ => throw new UnreachableException($"{input.GetType().Name} in {_status.Phase}"),
    };

    /// <summary>
    /// Goes on where an earlier server left it, before any input. Of another boot nothing lives; what was being stopped has what is left of its grace time; a SIGKILL may not have been sent.
    /// </summary>
    public void Resume(DateTimeOffset seenAt, List<Effect> effects)
    {
        if (!IsAlive) return;
        if (Process.BootId != _parts.BootId)
        {
            Become(_status with { Phase = TaskPhase.Ended, State = TaskState.Stopped, WorkerState = WorkerState.Exited, LastExitedAt = seenAt > _status.CreatedAt ? seenAt : _status.CreatedAt }, effects);
            _ending = null;
            return;
        }

        effects.Add(new Effect.WatchProcess(Number, Process));
        switch (_status.Phase)
        {
            case TaskPhase.Stopping when _ending is { } ending:
                var left = ending.GraceEndsAt - _parts.Clock.GetUtcNow();
                ending.TimerRuns = true;
                effects.Add(new Effect.ArmTimer(GraceTimer, left < TimeSpan.Zero ? TimeSpan.Zero : left > StopPolicy.MaxGrace ? StopPolicy.MaxGrace : left));
                break;
            case TaskPhase.Stopping or TaskPhase.Killing:
                Kill(effects);
                break;
        }
    }

    /// <summary>It has other labels now.</summary>
    public void Relabel(IReadOnlyList<string> tags, IReadOnlyList<string> groups, List<Effect> effects) => Become(_status with { Tags = tags, Groups = groups }, effects);

    /// <summary>It is to be forgotten: nothing more is done about its process.</summary>
    public void Leave(List<Effect> effects)
    {
        if (_ending is { TimerRuns: true }) effects.Add(new Effect.CancelTimer(GraceTimer));
        _ending = null;
    }

    private Transition Stop(AdoptedInput.Stop stop, List<Effect> effects)
    {
        _ending = new Ending();
        _ending.StoppedBy.Add(stop.Origin);
        if (stop.Grace == TimeSpan.Zero) return Kill(effects);
        BeginGrace(stop.Grace, effects);
        Become(_status with { Phase = TaskPhase.Stopping }, effects);
        Signal(PosixSignalName.Sigterm, effects);
        return Transition.Done;
    }

    private Transition ShortenGrace(AdoptedInput.Stop stop, List<Effect> effects)
    {
        var ending = _ending!;
        Remember(stop.Origin);
        if (!stop.Asked || stop.Grace >= ending.GraceEndsAt - _parts.Clock.GetUtcNow()) return Transition.Ignored;
        if (stop.Grace == TimeSpan.Zero)
        {
            effects.Add(new Effect.CancelTimer(GraceTimer));
            return Kill(effects);
        }

        BeginGrace(stop.Grace, effects);
        _parts.Changes.Put(Record);
        return Transition.Done;
    }

    private void BeginGrace(TimeSpan grace, List<Effect> effects)
    {
        _ending!.GraceEndsAt = _parts.Clock.GetUtcNow() + grace;
        _ending.TimerRuns = true;
        effects.Add(new Effect.ArmTimer(GraceTimer, grace));
    }

    private Transition Kill(List<Effect> effects)
    {
        _ending ??= new Ending();
        _ending.TimerRuns = false;
        if (_status.Phase != TaskPhase.Killing) Become(_status with { Phase = TaskPhase.Killing }, effects);
        Signal(PosixSignalName.Sigkill, effects);
        return Transition.Done;
    }

    private Transition KillAgain(AdoptedInput.Stop stop, List<Effect> effects)
    {
        Remember(stop.Origin);
        if (_ending is not { Incomplete: true } ending) return Transition.Ignored;
        ending.Incomplete = false;
        Signal(PosixSignalName.Sigkill, effects);
        return Transition.Done;
    }

    private Transition KillIncomplete(AdoptedInput.KillIncomplete incomplete, List<Effect> effects)
    {
        if (_ending is not { } ending) return Transition.Ignored;
        ending.Incomplete = true;
        foreach (var origin in ending.StoppedBy) effects.Add(new Effect.Reply(origin, new EngineReply.Survived(incomplete.Pids)));
        ending.StoppedBy.Clear();
        return Transition.Done;
    }

    private Transition Exited(AdoptedInput.Exited exited, bool intentional, List<Effect> effects)
    {
        Become(
            _status with
            {
                Phase = TaskPhase.Ended,
                State = TaskState.Stopped,
                WorkerState = WorkerState.Exited,
                LastExitedAt = exited.At,
                LastExitCode = exited.ExitCode,
                LastSignal = exited.Signal,
                WasStopped = intentional,
            },
            effects);
        effects.Add(new Effect.Publish(new AdoptedExited(TaskId, Process.Pid, exited.ExitCode, exited.Signal, intentional, exited.At)));
        return Transition.Done;
    }

    /// <summary>The kernel tells the exit code only once the parent has waited: it may come after the death.</summary>
    private Transition Learn(AdoptedInput.Exited exited, List<Effect> effects)
    {
        if (_status.LastExitCode is not null || exited.ExitCode is null) return Transition.Ignored;
        Become(_status with { LastExitCode = exited.ExitCode, LastSignal = exited.Signal }, effects);
        return Transition.Done;
    }

    private Transition SweepGroup(List<Effect> effects)
    {
        if (_ending is not { TimerRuns: true } ending) return Transition.Ignored;
        ending.TimerRuns = false;
        Signal(PosixSignalName.Sigkill, effects);
        return Transition.Done;
    }

    private void Signal(int signal, List<Effect> effects) => effects.Add(new Effect.SignalProcess(Number, Process, signal));

    private void Remember(RequestOrigin origin)
    {
        if (_ending!.StoppedBy.Count < MaxStops) _ending.StoppedBy.Add(origin);
    }

    private static Transition Refuse(RequestOrigin origin, string message, List<Effect> effects)
    {
        effects.Add(new Effect.Reply(origin, new EngineReply.Failed(message)));
        return Transition.Refused;
    }

    private void Become(TaskStatus status, List<Effect> effects)
    {
        _status = status;
        _parts.Changes.Put(Record);
        effects.Add(new Effect.StatusChanged(status));
    }

    /// <summary>What is remembered of a stop.</summary>
    private sealed class Ending
    {
        public DateTimeOffset GraceEndsAt { get; set; }

        public bool TimerRuns { get; set; }

        public bool Incomplete { get; set; }

        /// <summary>Who asked: told when something survives SIGKILL.</summary>
        public List<RequestOrigin> StoppedBy { get; } = [];
    }
}
