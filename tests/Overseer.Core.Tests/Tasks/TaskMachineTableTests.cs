using Overseer.Core.Drivers;
using Overseer.Core.Tasks;
using Overseer.Core.Tasks.Storage;
using TaskStatus = Overseer.Core.Tasks.TaskStatus;

namespace Overseer.Core.Tests.Tasks;

/// <summary>The table of transitions itself: every phase with every input.</summary>
public sealed class TaskMachineTableTests
{
    private static readonly RunId Run = new(new Guid(1, 0, 0, new byte[8]));
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
        { "Ended", "NotStarted", "Ignored", "Ended", "" },

        { "Starting", "Launch", "Refused", "Starting", "Reply(task already running or starting)" },
        { "Starting", "Stop", "Done", "Starting", "" },
        { "Starting", "StopQuietly", "Done", "Starting", "" },
        { "Starting", "Started", "Done", "Running", "StatusChanged Reply(started) Publish(TaskStarted) RunReported" },
        { "Starting", "StartFailed", "Done", "Ended", "TaskForgotten Reply(no) RunReported(over)" },
        { "Starting", "Exited", "Done", "Ended", "TaskForgotten Reply(the process ended before its start was reported (exit code 3)) RunReported(over)" },
        { "Starting", "GraceEnded", "Ignored", "Starting", "" },
        { "Starting", "TreeGone", "Ignored", "Starting", "" },
        { "Starting", "NotStarted", "Done", "Starting", "LaunchRun" },

        { "StartingStopped", "Stop", "Done", "Starting", "" },
        { "StartingStopped", "Started", "Done", "Stopping", "StatusChanged Reply(started) Publish(TaskStarted) RunReported StatusChanged SignalRun(15) ArmTimer" },
        { "StartingStopped", "StartFailed", "Done", "Ended", "TaskForgotten Reply(no) Reply(no) RunReported(over)" },
        {
            "StartingStopped", "NotStarted", "Done", "Ended",
            "TaskForgotten Reply(the task was stopped before it was started) Reply(the task was stopped before it was started) RunReported(over)"
        },

        { "Running", "Launch", "Refused", "Running", "Reply(task already running or starting)" },
        { "Running", "Stop", "Done", "Stopping", "StatusChanged SignalRun(15) ArmTimer" },
        { "Running", "StopNow", "Done", "Killing", "StatusChanged SignalRun(9)" },
        { "Running", "StopQuietly", "Done", "Stopping", "StatusChanged SignalRun(15) ArmTimer" },
        { "Running", "Started", "Ignored", "Running", "" },
        { "Running", "StartFailed", "Ignored", "Running", "" },
        { "Running", "Exited", "Done", "Ended", "StatusChanged Publish(TaskExited) RunReported(over)" },
        { "Running", "GraceEnded", "Ignored", "Running", "" },
        { "Running", "TreeGone", "Ignored", "Running", "" },
        { "Running", "NotStarted", "Ignored", "Running", "" },

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
        { "Stopping", "NotStarted", "Ignored", "Stopping", "" },

        { "Killing", "Launch", "Refused", "Killing", "Reply(task already running or starting)" },
        { "Killing", "Stop", "Ignored", "Killing", "" },
        { "Killing", "StopNow", "Ignored", "Killing", "" },
        { "Killing", "Started", "Ignored", "Killing", "" },
        { "Killing", "StartFailed", "Ignored", "Killing", "" },
        { "Killing", "Exited", "Done", "Ended", "StatusChanged Publish(TaskExited intentional) RunReported(over)" },
        { "Killing", "GraceEnded", "Ignored", "Killing", "" },
        { "Killing", "TreeGone", "Ignored", "Killing", "" },
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
                new TaskInput.GraceEnded(stranger), new TaskInput.TreeGone(stranger), new TaskInput.NotStarted(stranger, FakeAction.Process("x")),
            ];

            Assert.All(inputs, input => Assert.Equal(Transition.Ignored, machine.Apply(input, effects)));
            Assert.Empty(effects);
            Assert.Same(before, machine.Status);
        }
    }

    private TaskMachine In(string phase)
    {
        var machine = new TaskMachine(_clock, new ChangeLog());
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
        "Launch" => new TaskInput.Launch(new LaunchOrder(Starter, FakeAction.Process("x"), SecretMask.For(new Dictionary<string, ParameterSpec?>(), null), Starting(), Guid.Empty)),
        "Stop" => new TaskInput.Stop(Stopper, null),
        "StopNow" => new TaskInput.Stop(Stopper, TimeSpan.Zero),
        "StopSoon" => new TaskInput.Stop(Stopper, TimeSpan.FromSeconds(2)),
        "StopLate" => new TaskInput.Stop(Stopper, TimeSpan.FromSeconds(60)),
        "StopQuietly" => new TaskInput.Stop(null, TimeSpan.FromSeconds(3), GraceIsBound: true),
        "StopQuietlyNow" => new TaskInput.Stop(null, TimeSpan.Zero, GraceIsBound: true),
        "Started" => new TaskInput.Started(Run, 100, 700, _clock.GetUtcNow()),
        "StartFailed" => new TaskInput.StartFailed(Run, "no"),
        "Exited" => new TaskInput.Exited(Run, 3, 0, _clock.GetUtcNow()),
        "GraceEnded" => new TaskInput.GraceEnded(Run),
        "TreeGone" => new TaskInput.TreeGone(Run),
        "NotStarted" => new TaskInput.NotStarted(Run, FakeAction.Process("x")),
        _ => throw new ArgumentException(name, nameof(name)),
    };

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
        Effect.Reply { Answer: EngineReply.Failed failed } => $"Reply({failed.Message})",
        Effect.Reply { Answer: EngineReply.Started } => "Reply(started)",
        Effect.RunReported { Over: true } => "RunReported(over)",
        Effect.SignalRun signal => $"SignalRun({signal.Signal})",
        Effect.Publish { Event: TaskExited exited } => $"Publish(TaskExited{(exited.Intentional ? " intentional" : "")})",
        Effect.Publish publish => $"Publish({publish.Event.GetType().Name})",
        _ => effect.GetType().Name,
    };
}
