using Overseer.Core.Drivers;
using Overseer.Core.Pools;
using Overseer.Core.Registry;

namespace Overseer.Core.Tasks;

/// <summary>What can be asked of, or reported to, the <see cref="TaskEngine"/>. A closed hierarchy.</summary>
internal abstract record EngineCommand
{
    private EngineCommand()
    {
    }

    /// <summary>A client wants a task started. Answered by exactly one <see cref="Effect.Reply"/>: at once when refused, else when the launch is reported.</summary>
    public sealed record StartTask(RequestOrigin Origin, StartRequest Request) : EngineCommand
    {
        /// <summary>Whether it is the server itself that makes a task of what somebody else has started: the action is one of <see cref="ActionCatalog.Foreign"/>.</summary>
        public bool Foreign { get; init; }
    }

    /// <summary>A client wants a task stopped, by id or by the pid of its latest process. Answered only when it fails: the exit is the success.</summary>
    /// <param name="Origin">Who asked.</param>
    /// <param name="TaskId">The task; wins over <paramref name="Pid"/>.</param>
    /// <param name="Pid">Pid of the latest process of the task.</param>
    /// <param name="Grace">Overrides the grace time of the run's <see cref="StopPolicy"/>. On a task that is being stopped already it can only shorten what is left.</param>
    public sealed record StopTask(RequestOrigin Origin, string? TaskId, int? Pid = null, TimeSpan? Grace = null) : EngineCommand;

    /// <summary>A client wants a task that was given up started again, whatever its pool says. Answered like a start.</summary>
    public sealed record ResetTask(RequestOrigin Origin, string TaskId) : EngineCommand;

    /// <summary>A client asks how a pool stands.</summary>
    /// <param name="Origin">Who asks.</param>
    /// <param name="Action">Whose pool; unset for that of all together.</param>
    public sealed record PoolInfo(RequestOrigin Origin, string? Action) : EngineCommand;

    /// <summary>A client changes a pool until the configuration is read again.</summary>
    /// <param name="Origin">Who asks.</param>
    /// <param name="Action">Whose pool; unset for that of all together.</param>
    /// <param name="Change">What changes.</param>
    public sealed record SetPool(RequestOrigin Origin, string? Action, PoolChange Change) : EngineCommand;

    /// <summary>A client lets waiting tasks go.</summary>
    /// <param name="Origin">Who asks.</param>
    /// <param name="Action">Whose; unset for all.</param>
    public sealed record Purge(RequestOrigin Origin, string? Action) : EngineCommand;

    /// <summary>A launch succeeded.</summary>
    /// <param name="RunId">The run.</param>
    /// <param name="Pid">Its process.</param>
    /// <param name="ProcessStartTime">Field 22 of <c>/proc/PID/stat</c>: with the pid, the identity of the process.</param>
    /// <param name="At">When it was started.</param>
    /// <param name="StdoutPipe">Inode of the pipe of its standard output; 0 when not known.</param>
    /// <param name="StderrPipe">Inode of the pipe of its standard error; 0 when not known.</param>
    public sealed record RunStarted(RunId RunId, int Pid, long ProcessStartTime, DateTimeOffset At, long StdoutPipe = 0, long StderrPipe = 0) : EngineCommand;

    /// <summary>A recorder is there, and has reported everything it knew: what is said to run and is not among it has to be seen to.</summary>
    /// <param name="Known">The runs it has reported.</param>
    public sealed record RecorderReady(IReadOnlySet<RunId> Known) : EngineCommand;

    /// <summary>The host of a run has something to say of it.</summary>
    /// <param name="RunId">The run.</param>
    /// <param name="Note">A few words; <see langword="null"/> for nothing.</param>
    public sealed record RunNoted(RunId RunId, string? Note) : EngineCommand;

    /// <summary>No process came of a launch, nor was it refused: whoever was to carry it out died. The answer to <see cref="Effect.RecoverRun"/>, when the run was starting.</summary>
    public sealed record RunNotStarted(RunId RunId) : EngineCommand;

    /// <summary>A launch failed: no process exists.</summary>
    public sealed record RunFailedToStart(RunId RunId, string Message, DateTimeOffset At) : EngineCommand;

    /// <summary>
    /// A start was put into a queue, and that could not be stored: its sender, who was not told, is refused now. Unless it has left the queue to be started: then that answers.
    /// </summary>
    /// <param name="Origin">The start.</param>
    /// <param name="TaskId">The task.</param>
    /// <param name="Message">Why.</param>
    public sealed record QueuedInVain(RequestOrigin Origin, string TaskId, string Message) : EngineCommand;

    /// <summary>The process of a run has exited; everything it wrote before is in the journal.</summary>
    /// <param name="RunId">The run.</param>
    /// <param name="ExitCode">As the process gave it; ignored when <paramref name="Signal"/> is set.</param>
    /// <param name="Signal">Number of the signal that ended it; 0 when none did.</param>
    /// <param name="At">When it exited.</param>
    public sealed record RunExited(RunId RunId, int ExitCode, int Signal, DateTimeOffset At) : EngineCommand;

    /// <summary>
    /// No process of an ended run is left, so nothing remains to be killed when its grace time ends: the answer to <see cref="Effect.FindLeftovers"/>.
    /// </summary>
    public sealed record TreeGone(RunId RunId) : EngineCommand;

    /// <summary>
    /// A SIGKILL that <see cref="Effect.SignalRun"/> ordered could not end everything: processes of another user, or stuck in the kernel. Those who asked for
    /// the stop are told; the run may be over already.
    /// </summary>
    /// <param name="TaskId">The task.</param>
    /// <param name="RunId">The run.</param>
    /// <param name="Pids">Who is left, at least one.</param>
    public sealed record KillIncomplete(string TaskId, RunId RunId, IReadOnlyList<int> Pids) : EngineCommand;

    /// <summary>A timer that <see cref="Effect.ArmTimer"/> ordered has elapsed. One that was cancelled meanwhile does no harm.</summary>
    public sealed record TimerElapsed(TimerKey Key) : EngineCommand;

    /// <summary>A process that somebody else started is to become a task. Answered by <see cref="EngineReply.Adopted"/>, <see cref="EngineReply.AlreadyKnown"/> or a refusal.</summary>
    public sealed record AdoptProcess(RequestOrigin Origin, AdoptRequest Request) : EngineCommand;

    /// <summary>An adopted process is dead, or what it died of has become known.</summary>
    /// <param name="Number">Number of its task.</param>
    /// <param name="Process">The process: numbers of tasks are given out again after a reset.</param>
    /// <param name="ExitCode">Its code, -1 when a signal ended it; unset when nobody knows.</param>
    /// <param name="Signal">Number of that signal; 0 when none did.</param>
    /// <param name="At">When that was noticed.</param>
    public sealed record AdoptedExited(long Number, AdoptedProcess Process, int? ExitCode, int Signal, DateTimeOffset At) : EngineCommand;

    /// <summary>A SIGKILL that <see cref="Effect.SignalProcess"/> ordered could not end everything.</summary>
    /// <param name="Number">Number of the task.</param>
    /// <param name="Process">Its process.</param>
    /// <param name="Pids">Who is left, at least one.</param>
    public sealed record AdoptedKillIncomplete(long Number, AdoptedProcess Process, IReadOnlyList<int> Pids) : EngineCommand;

    /// <summary>Every adopted process that is not reported dead lived at this time.</summary>
    public sealed record AdoptedSeen(DateTimeOffset At) : EngineCommand;

    /// <summary>A client wants a task forgotten: an adopted one, whose process is left alone, or one that has ended.</summary>
    /// <param name="Origin">Who asks.</param>
    /// <param name="Number">The task.</param>
    public sealed record RemoveTask(RequestOrigin Origin, long Number) : EngineCommand;

    /// <summary>A client wants a tag or group to have another name wherever it is; who has that one already keeps it once. Labels that an action gives stay.</summary>
    public sealed record RenameLabel(RequestOrigin Origin, LabelKind Kind, string From, string To) : EngineCommand;

    /// <summary>A client wants every adopted and every ended task forgotten, and numbers to begin again behind those that are left.</summary>
    public sealed record ResetRegistry(RequestOrigin Origin) : EngineCommand;

    /// <summary>
    /// The configuration was read again: these actions, bounds and pools hold from now on. Answered by <see cref="Effect.Reconfigured"/>. Running processes are not touched.
    /// </summary>
    /// <param name="Actions">What can be started.</param>
    /// <param name="Options">Bounds, defaults and pools.</param>
    public sealed record Reconfigure(ActionCatalog Actions, EngineOptions Options) : EngineCommand;

    /// <summary>The server ends: every task is stopped, and every later start refused.</summary>
    /// <param name="Grace">Upper bound for the grace time of every run; <see langword="null"/> leaves each its own.</param>
    public sealed record StopAll(TimeSpan? Grace = null) : EngineCommand;
}
