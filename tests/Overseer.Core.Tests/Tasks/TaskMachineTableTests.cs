using Overseer.Core.Drivers;
using Overseer.Core.Tasks;
using Overseer.Core.Tasks.Storage;
using TaskStatus = Overseer.Core.Tasks.TaskStatus;

namespace Overseer.Core.Tests.Tasks;

/// <summary>The table of transitions itself: every phase with every input.</summary>
public sealed class TaskMachineTableTests
{
    private static readonly RunId Run = new(new Guid(1, 0, 0, new byte[8]));
    private static readonly RunId NextRun = new(new Guid(2, 0, 0, new byte[8]));
    private static readonly RequestOrigin Starter = new(1, "s");
    private static readonly RequestOrigin Stopper = new(2, "x");
    private readonly ManualClock _clock = new();

    public static TheoryData<string, string, string, string, string> Table => new()
    {
        // phase, input, transition, phase after, effects
        { "New", "Launch", "Done", "Starting", "AttachStarter StatusChanged LaunchRun" },
        { "Ended", "Launch", "Done", "Starting", "AttachStarter StatusChanged LaunchRun" },
        { "Ended", "Stop", "Refused", "Ended", "Reply(task is not running)" },
        { "Ended", "StopQuietly", "Ignored", "Ended", "" },
        { "Ended", "Started", "Ignored", "Ended", "" },
        { "Ended", "StartFailed", "Ignored", "Ended", "" },
        { "Ended", "Exited", "Ignored", "Ended", "" },
        { "Ended", "GraceEnded", "Ignored", "Ended", "" },
        { "Ended", "TreeGone", "Ignored", "Ended", "" },
        { "Ended", "KillIncomplete", "Ignored", "Ended", "" },
        { "Ended", "NotStarted", "Ignored", "Ended", "" },

        { "Ended", "Enqueue", "Done", "Queued", "AttachStarter StatusChanged" },
        { "Ended", "Unplannable", "Ignored", "Ended", "" },
        { "Ended", "ActionGone", "Ignored", "Ended", "" },
        { "Ended", "Dequeue", "Ignored", "Ended", "" },
        { "Ended", "Requeue", "Ignored", "Ended", "" },

        { "Queued", "Launch", "Refused", "Queued", "Reply(task already running or starting)" },
        { "Queued", "Enqueue", "Refused", "Queued", "Reply(task already running or starting)" },
        { "Queued", "LaunchRestart", "Refused", "Queued", "" },
        { "Queued", "LaunchAdmitted", "Done", "Starting", "StatusChanged LaunchRun(can wait)" },
        { "Queued", "Unplannable", "Done", "Ended", "TaskForgotten Publish(TaskDequeued Failed) Reply(no)(late)" },
        { "Queued", "ActionGone", "Done", "Ended", "TaskForgotten Publish(TaskDequeued Failed) Reply(no)(late)" },
        { "Queued", "Dequeue", "Done", "Ended", "TaskForgotten Publish(TaskDequeued Expired)" },
        { "Queued", "Stop", "Done", "Ended", "TaskForgotten Publish(TaskDequeued Stopped)" },
        { "Queued", "StopQuietly", "Done", "Ended", "TaskForgotten Publish(TaskDequeued Shutdown)" },
        { "Queued", "Requeue", "Ignored", "Queued", "" },
        { "Queued", "Started", "Ignored", "Queued", "" },
        { "Queued", "StartFailed", "Ignored", "Queued", "" },
        { "Queued", "Exited", "Ignored", "Queued", "" },
        { "Queued", "GraceEnded", "Ignored", "Queued", "" },
        { "Queued", "TreeGone", "Ignored", "Queued", "" },
        { "Queued", "KillIncomplete", "Ignored", "Queued", "" },
        { "Queued", "NotStarted", "Ignored", "Queued", "" },

        // The start that follows: who asked was answered before, so the answer is late.
        { "Admitted", "Started", "Done", "Running", "StatusChanged Reply(started)(late) Publish(TaskStarted) RunReported" },
        { "Admitted", "StartFailed", "Done", "Ended", "TaskForgotten Publish(TaskDequeued Failed) Reply(no)(late) RunReported(over)" },

        // It ran before, and has to wait again; or it ran before, ended, and a start of it waits.
        { "Requeued", "LaunchAdmitted", "Done", "Starting", "CancelTimer SignalRun(9) StatusChanged LaunchRun(can wait)" },
        { "Requeued", "Stop", "Done", "Ended", "StatusChanged Publish(TaskDequeued Stopped)" },
        { "Requeued", "Unplannable", "Done", "Ended", "StatusChanged Publish(TaskDequeued Failed)" },
        { "Requeued", "ActionGone", "Done", "Ended", "StatusChanged Publish(TaskDequeued Failed)" },
        { "EndedAndQueued", "Dequeue", "Done", "Ended", "StatusChanged Publish(TaskDequeued Expired)" },

        { "Waiting", "Launch", "Refused", "Waiting", "Reply(task already running or starting)" },
        { "Waiting", "Enqueue", "Refused", "Waiting", "Reply(task already running or starting)" },
        { "Waiting", "LaunchAdmitted", "Refused", "Waiting", "Reply(task already running or starting)" },
        { "Waiting", "LaunchRestart", "Done", "Starting", "StatusChanged LaunchRun(can wait)" },
        { "Waiting", "Unplannable", "Done", "Waiting", "ArmTimer StatusChanged Publish(TaskRestarting)" },
        { "Waiting", "ActionGone", "Done", "Ended", "CancelTimer StatusChanged Publish(TaskErrored)" },
        { "Waiting", "Dequeue", "Done", "Ended", "CancelTimer StatusChanged Publish(TaskDequeued Expired)" },
        { "Waiting", "Stop", "Done", "Ended", "CancelTimer StatusChanged Publish(TaskDequeued Stopped)" },
        { "Waiting", "StopQuietly", "Done", "Ended", "CancelTimer StatusChanged Publish(TaskDequeued Shutdown)" },
        { "Waiting", "Requeue", "Done", "Queued", "CancelTimer StatusChanged" },
        { "Waiting", "Started", "Ignored", "Waiting", "" },
        { "Waiting", "StartFailed", "Ignored", "Waiting", "" },
        { "Waiting", "Exited", "Ignored", "Waiting", "" },
        { "Waiting", "GraceEnded", "Ignored", "Waiting", "" },
        { "Waiting", "TreeGone", "Ignored", "Waiting", "" },
        { "Waiting", "KillIncomplete", "Ignored", "Waiting", "" },
        { "Waiting", "NotStarted", "Ignored", "Waiting", "" },

        { "Restarting", "StartedNext", "Done", "Running", "StatusChanged Publish(TaskStarted automatic) RunReported" },
        { "Restarting", "StartFailedNext", "Done", "Waiting", "ArmTimer StatusChanged Publish(TaskRestarting) RunReported(over)" },
        { "RestartingStopped", "StartFailedNext", "Done", "Ended", "StatusChanged Publish(TaskDequeued Stopped) RunReported(over)" },
        { "RestartingStopped", "StartedNext", "Done", "Stopping", "StatusChanged Publish(TaskStarted automatic) RunReported StatusChanged SignalRun(15) ArmTimer" },
        { "RunningThrice", "ExitedNext", "Done", "Ended", "StatusChanged Publish(TaskExited then TaskErrored) RunReported(over)" },

        { "Starting", "Launch", "Refused", "Starting", "Reply(task already running or starting)" },
        { "Starting", "Stop", "Done", "Starting", "" },
        { "Starting", "StopQuietly", "Done", "Starting", "" },
        { "Starting", "Started", "Done", "Running", "StatusChanged Reply(started) Publish(TaskStarted) RunReported" },
        { "Starting", "StartFailed", "Done", "Ended", "TaskForgotten Reply(no) RunReported(over)" },
        { "Starting", "Exited", "Done", "Ended", "TaskForgotten Reply(the process ended before its start was reported (exit code 3)) RunReported(over)" },
        { "Starting", "GraceEnded", "Ignored", "Starting", "" },
        { "Starting", "TreeGone", "Ignored", "Starting", "" },
        { "Starting", "KillIncomplete", "Ignored", "Starting", "" },
        { "Starting", "NotStarted", "Done", "Starting", "LaunchRun(can wait)" },

        { "Starting", "Enqueue", "Refused", "Starting", "Reply(task already running or starting)" },
        { "Starting", "Requeue", "Done", "Starting", "" },
        { "Starting", "Unplannable", "Ignored", "Starting", "" },
        { "Starting", "ActionGone", "Ignored", "Starting", "" },
        { "Starting", "Dequeue", "Ignored", "Starting", "" },
        { "StartingRequeued", "Started", "Done", "Stopping", "StatusChanged Reply(started) Publish(TaskStarted) RunReported StatusChanged SignalRun(15) ArmTimer" },

        { "StartingStopped", "Requeue", "Ignored", "Starting", "" },
        { "StartingStopped", "Stop", "Done", "Starting", "" },
        { "StartingStopped", "Started", "Done", "Stopping", "StatusChanged Reply(started) Publish(TaskStarted) RunReported StatusChanged SignalRun(15) ArmTimer" },
        { "StartingStopped", "StartFailed", "Done", "Ended", "TaskForgotten Reply(no) Reply(no) RunReported(over)" },
        {
            "StartingStopped", "NotStarted", "Done", "Ended",
            "TaskForgotten Reply(the task was stopped before it was started) Reply(the task was stopped before it was started) RunReported(over)"
        },

        { "Running", "Enqueue", "Refused", "Running", "Reply(task already running or starting)" },
        { "Running", "Unplannable", "Ignored", "Running", "" },
        { "Running", "ActionGone", "Ignored", "Running", "" },
        { "Running", "Dequeue", "Ignored", "Running", "" },
        { "Running", "Requeue", "Done", "Stopping", "StatusChanged SignalRun(15) ArmTimer" },
        { "RunningWithPolicy", "Exited", "Done", "Waiting", "ArmTimer StatusChanged Publish(TaskExited then TaskRestarting) RunReported(over)" },
        { "Running", "Launch", "Refused", "Running", "Reply(task already running or starting)" },
        { "Running", "Stop", "Done", "Stopping", "StatusChanged SignalRun(15) ArmTimer" },
        { "Running", "StopNow", "Done", "Killing", "StatusChanged SignalRun(9)" },
        { "Running", "StopQuietly", "Done", "Stopping", "StatusChanged SignalRun(15) ArmTimer" },
        { "Running", "Started", "Ignored", "Running", "" },
        { "Running", "StartFailed", "Ignored", "Running", "" },
        { "Running", "Exited", "Done", "Ended", "StatusChanged Publish(TaskExited) RunReported(over)" },
        { "Running", "GraceEnded", "Ignored", "Running", "" },
        { "Running", "TreeGone", "Ignored", "Running", "" },
        { "Running", "KillIncomplete", "Ignored", "Running", "" },
        { "Running", "NotStarted", "Ignored", "Running", "" },

        { "Stopping", "Enqueue", "Refused", "Stopping", "Reply(task already running or starting)" },
        { "Stopping", "Unplannable", "Ignored", "Stopping", "" },
        { "Stopping", "ActionGone", "Ignored", "Stopping", "" },
        { "Stopping", "Dequeue", "Ignored", "Stopping", "" },
        { "Stopping", "Requeue", "Ignored", "Stopping", "" },
        { "StoppingToRequeue", "Exited", "Done", "Queued", "StatusChanged Publish(TaskExited intentional) FindLeftovers RunReported(over)" },
        { "StoppingForGood", "Exited", "Done", "Ended", "StatusChanged Publish(TaskExited intentional) FindLeftovers RunReported(over)" },
        { "Stopping", "Launch", "Refused", "Stopping", "Reply(task already running or starting)" },
        { "Stopping", "Stop", "Ignored", "Stopping", "" },
        { "Stopping", "StopSoon", "Done", "Stopping", "ArmTimer" },
        { "Stopping", "StopLate", "Ignored", "Stopping", "" },
        { "Stopping", "StopNow", "Done", "Killing", "CancelTimer StatusChanged SignalRun(9)" },
        { "Stopping", "Started", "Ignored", "Stopping", "" },
        { "Stopping", "StartFailed", "Ignored", "Stopping", "" },
        { "Stopping", "Exited", "Done", "Ended", "StatusChanged Publish(TaskExited intentional) FindLeftovers RunReported(over)" },
        { "Stopping", "GraceEnded", "Done", "Killing", "StatusChanged SignalRun(9)" },
        { "Stopping", "TreeGone", "Ignored", "Stopping", "" },
        { "Stopping", "KillIncomplete", "Ignored", "Stopping", "" },
        { "Stopping", "NotStarted", "Ignored", "Stopping", "" },

        { "Killing", "Enqueue", "Refused", "Killing", "Reply(task already running or starting)" },
        { "Killing", "Unplannable", "Ignored", "Killing", "" },
        { "Killing", "ActionGone", "Ignored", "Killing", "" },
        { "Killing", "Dequeue", "Ignored", "Killing", "" },
        { "Killing", "Requeue", "Ignored", "Killing", "" },
        { "Killing", "Launch", "Refused", "Killing", "Reply(task already running or starting)" },
        { "Killing", "Stop", "Ignored", "Killing", "" },
        { "Killing", "StopNow", "Ignored", "Killing", "" },
        { "Killing", "Started", "Ignored", "Killing", "" },
        { "Killing", "StartFailed", "Ignored", "Killing", "" },
        { "Killing", "Exited", "Done", "Ended", "StatusChanged Publish(TaskExited intentional) RunReported(over)" },
        { "Killing", "GraceEnded", "Ignored", "Killing", "" },
        { "Killing", "TreeGone", "Ignored", "Killing", "" },
        { "Killing", "KillIncomplete", "Done", "Killing", "Reply(the stop could not end every process of the task; still there: 7, 8)" },

        // SIGKILL left somebody, and that was told to who asked.
        { "KillingInVain", "Stop", "Done", "Killing", "SignalRun(9)" },
        { "KillingInVain", "StopQuietly", "Done", "Killing", "SignalRun(9)" },
        { "KillingInVain", "KillIncomplete", "Done", "Killing", "" },
        { "KillingInVain", "Exited", "Done", "Ended", "StatusChanged Publish(TaskExited intentional) RunReported(over)" },
        { "KillingAgain", "Stop", "Ignored", "Killing", "" },
        { "KillingAgain", "KillIncomplete", "Done", "Killing", "Reply(the stop could not end every process of the task; still there: 7, 8)" },

        // The root is dead, the report about the others comes later: both who asked are told.
        { "Killed", "KillIncomplete", "Done", "Ended", "Reply(the stop could not end every process of the task; still there: 7, 8)" },
        { "KilledTwice", "KillIncomplete", "Done", "Ended", "Reply(the stop could not end every process of the task; still there: 7, 8) Reply(the stop could not end every process of the task; still there: 7, 8)" },
        { "KilledAndStarted", "KillIncomplete", "Done", "Running", "Reply(the stop could not end every process of the task; still there: 7, 8)" },
        { "Swept", "KillIncomplete", "Done", "Ended", "Reply(the stop could not end every process of the task; still there: 7, 8)" },
        { "Swept", "Stop", "Refused", "Ended", "Reply(task is not running)" },
        { "Killing", "NotStarted", "Ignored", "Killing", "" },

        // Ended on request, its descendants still have some of their grace time.
        { "Leftover", "Launch", "Done", "Starting", "CancelTimer SignalRun(9) AttachStarter StatusChanged LaunchRun" },
        { "Leftover", "Stop", "Refused", "Ended", "Reply(task is not running)" },
        { "Leftover", "StopQuietly", "Done", "Ended", "ArmTimer" },
        { "Leftover", "StopQuietlyNow", "Done", "Ended", "CancelTimer SignalRun(9)" },
        { "Leftover", "Started", "Ignored", "Ended", "" },
        { "Leftover", "StartFailed", "Ignored", "Ended", "" },
        { "Leftover", "Exited", "Ignored", "Ended", "" },
        { "Leftover", "GraceEnded", "Done", "Ended", "SignalRun(9)" },
        { "Leftover", "TreeGone", "Done", "Ended", "CancelTimer" },
        { "Leftover", "KillIncomplete", "Ignored", "Ended", "" },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void Each_phase_answers_each_input_as_written(string phase, string input, string transition, string after, string effects)
    {
        var machine = In(phase);
        var done = new List<Effect>();

        var result = machine.Apply(Input(input), done);

        Assert.Equal(transition, result.ToString());
        Assert.Equal(after, machine.Phase.ToString());
        Assert.Equal(effects, string.Join(' ', done.Select(Show)));
    }

    [Fact]
    public void The_table_is_complete()
    {
        var phases = Enum.GetNames<TaskPhase>();
        var inputs = typeof(TaskInput).GetNestedTypes().Select(t => t.Name).Where(n => n != nameof(TaskInput));
        var written = Table.Select(row => (Phase: row.Data.Item1, Input: row.Data.Item2)).ToHashSet();

        foreach (var phase in phases)
        {
            foreach (var input in inputs) Assert.Contains((phase, input), written);
        }
    }

    [Fact]
    public void Reports_about_another_run_are_ignored_in_every_phase()
    {
        var stranger = new RunId(Guid.NewGuid());
        foreach (var phase in Enum.GetNames<TaskPhase>())
        {
            var machine = In(phase);
            var before = machine.Status;
            var effects = new List<Effect>();
            TaskInput[] inputs =
            [
                new TaskInput.Started(stranger, 1, 1, _clock.GetUtcNow()), new TaskInput.StartFailed(stranger, ""), new TaskInput.Exited(stranger, 0, 0, _clock.GetUtcNow()),
                new TaskInput.GraceEnded(stranger), new TaskInput.TreeGone(stranger), new TaskInput.KillIncomplete(stranger, [7]), new TaskInput.NotStarted(stranger, FakeAction.Process("x")),
            ];

            Assert.All(inputs, input => Assert.Equal(Transition.Ignored, machine.Apply(input, effects)));
            Assert.Empty(effects);
            Assert.Same(before, machine.Status);
            Assert.Same(before, machine.Shown);
        }
    }

    [Fact]
    public void Whoever_looks_in_the_middle_of_a_step_sees_the_task_as_it_was_before()
    {
        // A restart is decided in the middle of a step: the process has ended, and the wait has not begun.
        TaskMachine? machine = null;
        TaskStatus? seen = null;
        machine = In("RunningWithPolicy", () =>
        {
            seen = machine!.Shown;
            return 0;
        });
        var before = machine.Status;
        Assert.Same(before, machine.Shown);

        machine.Apply(Input("Exited"), []);

        Assert.Same(before, seen);
        Assert.Equal((TaskPhase.Waiting, TaskState.Active), (machine.Shown.Phase, machine.Shown.State));
        Assert.Same(machine.Status, machine.Shown);
    }

    private TaskMachine In(string phase, Func<double>? random = null)
    {
        var machine = new TaskMachine(new MachineParts(_clock, new ChangeLog(), Guid.Empty, () => NextRun.Value, random ?? (() => 0)));
        foreach (var input in phase switch
        {
            "New" => "",
            "Starting" => "Launch",
            "StartingStopped" => "Launch Stop",
            "Running" => "Launch Started",
            "Stopping" => "Launch Started Stop",
            "Killing" => "Launch Started StopNow",
            "Ended" => "Launch Started Exited",
            "Leftover" => "Launch Started Stop Exited",
            "KillingInVain" => "Launch Started StopNow KillIncomplete",
            "KillingAgain" => "Launch Started StopNow KillIncomplete Stop",
            "Killed" => "Launch Started StopNow Exited",
            "KilledTwice" => "Launch Started Stop StopNow Exited",
            "KilledAndStarted" => "Launch Started StopNow Exited LaunchNext StartedNext",
            "Queued" => "Enqueue",
            "Admitted" => "Enqueue LaunchAdmitted",
            "Requeued" => "Launch Started Requeue Exited",
            "EndedAndQueued" => "Launch Started Exited EnqueueNext",
            "Waiting" => "LaunchWithPolicy Started Exited",
            "Restarting" => "LaunchWithPolicy Started Exited LaunchRestart",
            "RestartingStopped" => "LaunchWithPolicy Started Exited LaunchRestart Stop",
            "RunningThrice" => "LaunchWithPolicy Started Exited LaunchRestart StartedNext ExitedNext LaunchRestart StartedNext",
            "RunningWithPolicy" => "LaunchWithPolicy Started",
            "StartingRequeued" => "Launch Requeue",
            "StoppingToRequeue" => "Launch Started Requeue",
            "StoppingForGood" => "Launch Started Requeue Stop",
            "Swept" => "Launch Started Stop Exited GraceEnded",
            _ => throw new ArgumentException(phase, nameof(phase)),
        } is var path ? path.Split(' ', StringSplitOptions.RemoveEmptyEntries) : [])
        {
            machine.Apply(Input(input), []);
        }

        _clock.Advance(TimeSpan.FromSeconds(1));
        return machine;
    }

    private TaskInput Input(string name) => name switch
    {
        "Launch" => new TaskInput.Launch(Order(Starting())),
        "LaunchNext" => new TaskInput.Launch(Order(Starting() with { CurrentRun = NextRun, Run = 2 })),
        "LaunchWithPolicy" => new TaskInput.Launch(Order(Starting() with { RetryPolicy = Thrice })),
        "LaunchAdmitted" => new TaskInput.Launch(Order(Starting(), LaunchKind.Admission)),
        "LaunchRestart" => new TaskInput.Launch(Order(Starting() with { CurrentRun = NextRun, CurrentPid = 100, Run = 2, RetryPolicy = Thrice }, LaunchKind.Restart)),
        "Enqueue" => new TaskInput.Enqueue(Order(Starting()), 1, Forced: false),
        "EnqueueNext" => new TaskInput.Enqueue(Order(Starting() with { CurrentRun = NextRun, Run = 2 }), 1, Forced: false),
        "Unplannable" => new TaskInput.Unplannable("no"),
        "ActionGone" => new TaskInput.ActionGone("no"),
        "Dequeue" => new TaskInput.Dequeue(DequeueReason.Expired),
        "Requeue" => new TaskInput.Requeue(TimeSpan.FromSeconds(4), -1),
        "Stop" => new TaskInput.Stop(Stopper, null),
        "StopNow" => new TaskInput.Stop(Stopper, TimeSpan.Zero),
        "StopSoon" => new TaskInput.Stop(Stopper, TimeSpan.FromSeconds(2)),
        "StopLate" => new TaskInput.Stop(Stopper, TimeSpan.FromSeconds(60)),
        "StopQuietly" => new TaskInput.Stop(null, TimeSpan.FromSeconds(3), GraceIsBound: true, DequeueReason.Shutdown),
        "StopQuietlyNow" => new TaskInput.Stop(null, TimeSpan.Zero, GraceIsBound: true, DequeueReason.Shutdown),
        "Started" => new TaskInput.Started(Run, 100, 700, _clock.GetUtcNow()),
        "StartedNext" => new TaskInput.Started(NextRun, 101, 701, _clock.GetUtcNow()),
        "StartFailedNext" => new TaskInput.StartFailed(NextRun, "no"),
        "ExitedNext" => new TaskInput.Exited(NextRun, 3, 0, _clock.GetUtcNow()),
        "StartFailed" => new TaskInput.StartFailed(Run, "no"),
        "Exited" => new TaskInput.Exited(Run, 3, 0, _clock.GetUtcNow()),
        "GraceEnded" => new TaskInput.GraceEnded(Run),
        "TreeGone" => new TaskInput.TreeGone(Run),
        "KillIncomplete" => new TaskInput.KillIncomplete(Run, [7, 8]),
        "NotStarted" => new TaskInput.NotStarted(Run, FakeAction.Process("x")),
        _ => throw new ArgumentException(name, nameof(name)),
    };

    private static readonly RetryPolicy Thrice = new() { RestartDelay = TimeSpan.FromSeconds(1), ErrorThreshold = 3 };

    private static LaunchOrder Order(TaskStatus status, LaunchKind kind = LaunchKind.Request) =>
        new(kind == LaunchKind.Restart ? null : Starter, FakeAction.Process("x"), SecretMask.Nothing, status, Guid.Empty, kind);

    private TaskStatus Starting() => new()
    {
        TaskId = "t",
        Number = 1,
        JournalId = Guid.Empty,
        Action = "a",
        State = TaskState.Active,
        Phase = TaskPhase.Starting,
        CreatedAt = _clock.GetUtcNow(),
        CurrentRun = Run,
        Run = 1,
    };

    private static string Show(Effect effect) => effect switch
    {
        Effect.Reply { Answer: EngineReply.Failed failed, Late: var late } => $"Reply({failed.Message}){(late ? "(late)" : "")}",
        Effect.Reply { Answer: EngineReply.Started, Late: var late } => $"Reply(started){(late ? "(late)" : "")}",
        Effect.RunReported { Over: true } => "RunReported(over)",
        Effect.SignalRun signal => $"SignalRun({signal.Signal})",
        Effect.LaunchRun { CanWait: true } => "LaunchRun(can wait)",
        Effect.Publish publish => $"Publish({Show(publish.Event)}{(publish.Then is { } then ? " then " + Show(then) : "")})",
        _ => effect.GetType().Name,
    };

    private static string Show(TaskEvent happened) => happened switch
    {
        TaskExited { Intentional: true } => "TaskExited intentional",
        TaskStarted { Automatic: true } => "TaskStarted automatic",
        TaskDequeued dequeued => $"TaskDequeued {dequeued.Reason}",
        _ => happened.GetType().Name,
    };
}
