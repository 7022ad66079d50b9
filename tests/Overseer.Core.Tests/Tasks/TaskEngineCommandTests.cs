using Overseer.Core.Drivers;
using Overseer.Core.Pools;
using Overseer.Core.Tasks;

namespace Overseer.Core.Tests.Tasks;

/// <summary>Commands that no action describes.</summary>
public sealed class TaskEngineCommandTests
{
    private readonly EngineHarness _harness = new(
        new EngineOptions { MaxArguments = 3, MaxArgumentBytes = 20, Pools = new PoolPlan { Actions = new Dictionary<string, PoolOptions> { ["echo"] = new PoolOptions { Limit = 1 } } } });

    [Fact]
    public void A_command_is_planned_by_what_runs_commands_and_shown_as_it_was_asked_for()
    {
        var launch = _harness.Start(Command("t", "tool", "a", "b")).OfType<Effect.LaunchRun>().Single();

        var request = Assert.Single(_harness.Commands.Requests);
        Assert.Equal(("tool", "a b"), (request.Command, string.Join(' ', request.Args)));
        Assert.Equal("/bin/echo", Assert.IsType<ProcessPlan>(launch.Plan).File);
        var task = _harness.Task("t");
        Assert.Equal(("command", TaskOrigin.Command, "tool"), (task.Action, task.Origin, task.Command));
        Assert.Null(task.Params);
        Assert.Empty(_harness.Action.Requests);
    }

    [Fact]
    public void The_next_server_runs_the_same_command_again()
    {
        _harness.Start(Command("t", "tool", "a", "b") with { RetryPolicy = new RetryPolicy { RestartDelay = TimeSpan.FromSeconds(1) } });
        var run = _harness.Task("t").CurrentRun!.Value;
        _harness.Started(run);
        _harness.Exited(run, 1);
        _harness.Store();
        var timer = _harness.Restart().OfType<Effect.ArmTimer>().Single(effect => effect.Key.Kind == TimerKind.Restart);
        _harness.Ready();

        Assert.Single(_harness.Apply(new EngineCommand.TimerElapsed(timer.Key)).OfType<Effect.LaunchRun>());

        Assert.Equal(["tool a b", "tool a b"], _harness.Commands.Requests.Select(request => $"{request.Command} {string.Join(' ', request.Args)}"));
        Assert.Equal(("command", TaskOrigin.Command, "tool"), (_harness.Task("t").Action, _harness.Task("t").Origin, _harness.Task("t").Command));
    }

    [Fact]
    public void A_task_may_be_a_commands_and_then_an_actions()
    {
        var run = _harness.Start(Command("t", "tool")).OfType<Effect.LaunchRun>().Single().RunId;
        _harness.Started(run);
        _harness.Exited(run);

        _harness.Start("t");

        Assert.Equal(("echo", TaskOrigin.Action, "/bin/echo"), (_harness.Task("t").Action, _harness.Task("t").Origin, _harness.Task("t").Command));
    }

    [Theory]
    [InlineData("", "", "command must not be empty")]
    [InlineData("a\0b", "", "command: a NUL character cannot be passed to a program")]
    [InlineData("a", "x|y|z|u", "args: at most 3 are allowed (limit max_arguments)")]
    [InlineData("a", "x|y\0", "args[1]: a NUL character cannot be passed to a program")]
    [InlineData("a", "0123456789012345678", "command and args take 22 bytes; 20 are allowed (limit max_argument_bytes)")]
    public void What_no_program_could_be_given_is_refused_with_its_place(string command, string args, string refusal)
    {
        var request = Command("t", command, args.Length == 0 ? [] : args.Split('|'));
        Assert.Equal(refusal, EngineHarness.Refusal(_harness.Start(request)).Message);
        Assert.Empty(_harness.Commands.Requests);
    }

    [Fact]
    public void What_just_fits_is_taken()
    {
        Assert.Contains(_harness.Start(Command("t", "a", "01234567890123456")), effect => effect is Effect.LaunchRun);
        Assert.Contains(_harness.Start(Command("u", "a", "x", "y", "z")), effect => effect is Effect.LaunchRun);
    }

    [Fact]
    public void Neither_the_name_that_stands_for_commands_nor_a_catalog_without_any_starts_one()
    {
        Assert.Equal("unknown action: \"command\"", EngineHarness.Refusal(_harness.Start(new StartRequest { Action = ActionCatalog.CommandName })).Message);
        var engine = new TaskEngine(ActionCatalog.Empty, new EngineOptions(), _harness.Clock, Guid.NewGuid, () => 0);
        var effects = new List<Effect>();
        engine.Apply(new EngineCommand.StartTask(EngineHarness.Client, Command("t", "tool")), effects);
        Assert.Equal("nothing here runs commands that no action describes", EngineHarness.Refusal(effects).Message);
        Assert.Throws<ArgumentException>(() => new ActionCatalog([new ActionEntry(new ActionDefinition { Name = "command", Type = "exec" }, new FakeAction())]));
    }

    private static StartRequest Command(string taskId, string command, params string[] args) =>
        new() { TaskId = taskId, Action = ActionCatalog.CommandName, Command = command, Args = args };
}
