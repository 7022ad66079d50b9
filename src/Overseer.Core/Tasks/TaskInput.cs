using Overseer.Core.Drivers;

namespace Overseer.Core.Tasks;

/// <summary>What can happen to one task: the columns of <see cref="TaskMachine"/>'s table. A closed hierarchy.</summary>
internal abstract record TaskInput
{
    private TaskInput()
    {
    }

    /// <summary>The run it is about; <see langword="null"/> when it is about the task.</summary>
    public virtual RunId? About => null;

    /// <summary>A checked and planned start.</summary>
    public sealed record Launch(LaunchOrder Order) : TaskInput;

    /// <summary>A checked start for which there is no room.</summary>
    /// <param name="Order">What is to be launched when there is; its plan is made again then.</param>
    /// <param name="Place">Its place in the queue.</param>
    /// <param name="Forced">Whether it came with force.</param>
    public sealed record Enqueue(LaunchOrder Order, long Place, bool Forced) : TaskInput;

    /// <summary>What the task waited for has come, but its driver refuses to plan the run.</summary>
    public sealed record Unplannable(string Message) : TaskInput;

    /// <summary>What the task waits for will never come: its action is not there any more.</summary>
    public sealed record ActionGone(string Message) : TaskInput;

    /// <summary>The task is not to wait any longer.</summary>
    public sealed record Dequeue(DequeueReason Reason) : TaskInput;

    /// <summary>Its place is wanted back: it is to stop and wait in the queue again.</summary>
    /// <param name="Grace">What it gets between the stop signal and SIGKILL.</param>
    /// <param name="Place">Its place in the queue.</param>
    public sealed record Requeue(TimeSpan Grace, long Place) : TaskInput;

    /// <summary>A wish to stop.</summary>
    /// <param name="Origin">Who asked; <see langword="null"/> for the server itself.</param>
    /// <param name="Grace">The grace time asked for.</param>
    /// <param name="GraceIsBound">True: <paramref name="Grace"/> only bounds what the policy says.</param>
    /// <param name="Reason">Why a task that waits does so no more.</param>
    public sealed record Stop(RequestOrigin? Origin, TimeSpan? Grace, bool GraceIsBound = false, DequeueReason Reason = DequeueReason.Stopped) : TaskInput;

    /// <summary>The process runs.</summary>
    public sealed record Started(RunId Run, int Pid, long ProcessStartTime, DateTimeOffset At, long StdoutPipe = 0, long StderrPipe = 0) : TaskInput
    {
        /// <inheritdoc/>
        public override RunId? About => Run;
    }

    /// <summary>The launch came to nothing without being refused: whoever was to carry it out died.</summary>
    public sealed record NotStarted(RunId Run, RunPlan Plan) : TaskInput
    {
        /// <inheritdoc/>
        public override RunId? About => Run;
    }

    /// <summary>No process came to be.</summary>
    public sealed record StartFailed(RunId Run, string Message) : TaskInput
    {
        /// <inheritdoc/>
        public override RunId? About => Run;
    }

    /// <summary>The process is gone.</summary>
    public sealed record Exited(RunId Run, int ExitCode, int Signal, DateTimeOffset At) : TaskInput
    {
        /// <inheritdoc/>
        public override RunId? About => Run;
    }

    /// <summary>The grace timer elapsed.</summary>
    public sealed record GraceEnded(RunId Run) : TaskInput
    {
        /// <inheritdoc/>
        public override RunId? About => Run;
    }

    /// <summary>Nothing of the run's tree is left.</summary>
    public sealed record TreeGone(RunId Run) : TaskInput
    {
        /// <inheritdoc/>
        public override RunId? About => Run;
    }

    /// <summary>Processes that survived SIGKILL.</summary>
    public sealed record KillIncomplete(RunId Run, IReadOnlyList<int> Pids) : TaskInput
    {
        /// <inheritdoc/>
        public override RunId? About => Run;
    }
}
