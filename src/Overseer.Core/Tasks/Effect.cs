using Overseer.Core.Drivers;
using Overseer.Core.Pools;
using Overseer.Core.Registry;
using Overseer.Core.Tasks.Storage;

namespace Overseer.Core.Tasks;

/// <summary>What the caller of <see cref="TaskEngine.Apply"/> has to do, in the order of the list. A closed hierarchy.</summary>
internal abstract record Effect
{
    private Effect()
    {
    }

    /// <summary>Subscribe the sender of a start to the task's events. Always comes before the launch, so that no line is missed.</summary>
    public sealed record AttachStarter(RequestOrigin Origin, string TaskId) : Effect;

    /// <summary>
    /// Start a process; report <see cref="EngineCommand.RunStarted"/> or <see cref="EngineCommand.RunFailedToStart"/>, then
    /// <see cref="EngineCommand.RunExited"/>.
    /// </summary>
    /// <param name="TaskId">The task.</param>
    /// <param name="JournalId">Its journal.</param>
    /// <param name="RunId">The new run.</param>
    /// <param name="Run">Its ordinal in the journal, starting at 1.</param>
    /// <param name="Plan">What to start. Holds secrets in clear: never log it.</param>
    /// <param name="CanWait">
    /// True when nobody waits for a refusal: while it cannot be stored, or asked of a recorder, it is put off instead. False: then it fails.
    /// </param>
    public sealed record LaunchRun(string TaskId, Guid JournalId, RunId RunId, int Run, RunPlan Plan, bool CanWait) : Effect;

    /// <summary>
    /// The recorder does not know this run: give it over, if a process came of it, or report <see cref="EngineCommand.RunNotStarted"/>.
    /// </summary>
    /// <param name="TaskId">The task.</param>
    /// <param name="JournalId">Its journal.</param>
    /// <param name="Run">What is known of the run.</param>
    public sealed record RecoverRun(string TaskId, Guid JournalId, RunRecord Run) : Effect;

    /// <summary>All runs that the recorder did not know were named.</summary>
    public sealed record RecoveryComplete : Effect;

    /// <summary>
    /// What was reported of a run is taken in: whoever keeps it in case this server dies need not any longer, once the change that belongs to it is stored. Also
    /// for runs that are not known.
    /// </summary>
    /// <param name="RunId">The run.</param>
    /// <param name="Over">True: its exit, or that it never came to be. False: its start.</param>
    /// <param name="NeverRanOf">The task, when no process came of the launch.</param>
    public sealed record RunReported(RunId RunId, bool Over, string? NeverRanOf = null) : Effect;

    /// <summary>A process runs that no task knows of: it must not.</summary>
    public sealed record EndStray(RunId RunId, int Pid, long ProcessStartTime) : Effect;

    /// <summary>Signal a process and everything that descends from it.</summary>
    /// <param name="TaskId">The task.</param>
    /// <param name="RunId">The run; it may be over, when what it left behind is swept.</param>
    /// <param name="Pid">Its root process.</param>
    /// <param name="ProcessStartTime">The root's start time, so that no stranger is hit.</param>
    /// <param name="Signal">Number of the signal.</param>
    public sealed record SignalRun(string TaskId, RunId RunId, int Pid, long ProcessStartTime, int Signal) : Effect
    {
        /// <summary>Who carries the run out; unset when it is a process.</summary>
        public string? Host { get; init; }
    }

    /// <summary>
    /// Look whether anything that descends from the exited root of a stopped run still lives, and report <see cref="EngineCommand.TreeGone"/> if nothing does;
    /// else say nothing. Spares the end of the server the rest of the grace time.
    /// </summary>
    public sealed record FindLeftovers(string TaskId, RunId RunId, int Pid, long ProcessStartTime) : Effect;

    /// <summary>Watch an adopted process, and report <see cref="EngineCommand.AdoptedExited"/> when it is dead.</summary>
    /// <param name="Number">Number of its task.</param>
    /// <param name="Process">The process.</param>
    public sealed record WatchProcess(long Number, AdoptedProcess Process) : Effect;

    /// <summary>Signal an adopted process: with its group if it leads one, else it alone; if it is dead, what is left of the group that it led.</summary>
    /// <param name="Number">Number of its task.</param>
    /// <param name="Process">The process.</param>
    /// <param name="Signal">Number of the signal.</param>
    public sealed record SignalProcess(long Number, AdoptedProcess Process, int Signal) : Effect;

    /// <summary>An adopted task is no longer known. Its process is not touched, and not watched any more.</summary>
    public sealed record AdoptedForgotten(string TaskId, long Number) : Effect;

    /// <summary>Report <see cref="EngineCommand.TimerElapsed"/> after <paramref name="Due"/>; replaces a timer with the same key.</summary>
    public sealed record ArmTimer(TimerKey Key, TimeSpan Due) : Effect;

    /// <summary>Forget a timer.</summary>
    public sealed record CancelTimer(TimerKey Key) : Effect;

    /// <summary>Answer a request.</summary>
    /// <param name="Origin">Whose.</param>
    /// <param name="Answer">The answer.</param>
    /// <param name="Late">True when the request was answered before, by <see cref="EngineReply.Queued"/>.</param>
    public sealed record Reply(RequestOrigin Origin, EngineReply Answer, bool Late = false) : Effect;

    /// <summary>
    /// Something happened: tell those who listen to it. Every event comes by here exactly once, in order, after the <see cref="StatusChanged"/> that belongs to it.
    /// </summary>
    /// <param name="Event">What happened.</param>
    /// <param name="Then">What follows from an exit at once, and has its place right behind it.</param>
    public sealed record Publish(TaskEvent Event, TaskEvent? Then = null) : Effect;

    /// <summary>A pool was changed: tell everybody.</summary>
    public sealed record PoolChanged(PoolStatus Status) : Effect;

    /// <summary>The configuration was replaced: what is launched from here on is of the new one.</summary>
    /// <param name="Actions">What can be started.</param>
    /// <param name="Pools">The pools as configured.</param>
    /// <param name="Outcome">What it means for tasks; unset when the engine failed.</param>
    public sealed record Reconfigured(ActionCatalog Actions, PoolPlan Pools, ReconfigureOutcome? Outcome) : Effect;

    /// <summary>The tags or groups of a task are others: whoever watches one of them gets its events. Comes behind <see cref="StatusChanged"/>.</summary>
    public sealed record LabelsChanged(TaskStatus Status) : Effect;

    /// <summary>A task is new or has changed; <see cref="TaskEngine.Find"/> shows it already.</summary>
    public sealed record StatusChanged(TaskStatus Status) : Effect;

    /// <summary>A task is no longer known: its start failed, or it was the oldest ended one when room was needed. Its journal may go.</summary>
    public sealed record TaskForgotten(string TaskId, Guid JournalId) : Effect;
}
