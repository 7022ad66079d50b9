using Overseer.Core.Drivers;
using Overseer.Core.Tasks;

namespace Overseer.Core.Tests.Tasks;

public sealed class TaskEngineSecretTests
{
    private static EngineHarness Engine(Func<RunRequest, RunPlan> planner, string? dflt = null) => new(
        null,
        new ActionEntry(
            new ActionDefinition { Name = "a", Type = "exec" },
            new FakeAction { Parameters = new Dictionary<string, ParameterSpec?> { ["token"] = new() { Secret = true, Default = dflt }, ["user"] = null }, Planner = planner }));

    private static StartRequest Request { get; } = new()
    {
        TaskId = "t",
        Action = "a",
        Params = new Dictionary<string, string> { ["token"] = "hunter2", ["user"] = "me" },
    };

    [Fact]
    public void Secrets_are_masked_in_what_is_shown_and_whole_in_what_is_run()
    {
        var engine = Engine(r => FakeAction.Process("curl", "-u", $"{r.Parameters["user"]}:{r.Parameters["token"]}"));

        var launch = engine.Start(Request).OfType<Effect.LaunchRun>().Single();

        Assert.Equal("me:hunter2", Assert.IsType<ProcessPlan>(launch.Plan).Arguments[2]);
        var task = engine.Task("t");
        Assert.Equal(["-u", "me:***"], task.Args!);
        Assert.Equal("***", task.Params!["token"]);
        Assert.Equal("me", task.Params["user"]);
        Assert.DoesNotContain("hunter2", launch.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_default_is_masked_too()
    {
        var engine = Engine(_ => FakeAction.Process("x", "--token=s3cr3t"), "s3cr3t");

        engine.Start(new StartRequest { TaskId = "t", Action = "a", Params = new Dictionary<string, string> { ["user"] = "me" } });

        Assert.Equal(["--token=***"], engine.Task("t").Args!);
    }

    [Fact]
    public void Secrets_are_masked_in_errors()
    {
        Assert.Equal("validation error: exec: bad ***", EngineHarness.Refusal(Engine(r => throw new PlanException("bad " + r.Parameters["token"])).Start(Request)).Message);

        var engine = Engine(_ => FakeAction.Process("x"));
        var run = engine.Start(Request).OfType<Effect.LaunchRun>().Single().RunId;
        var failed = engine.FailedToStart(run, "cannot execute /opt/hunter2").OfType<Effect.Reply>().Single().Answer;
        Assert.Equal(new EngineReply.Failed("cannot execute /opt/***"), failed);
    }
}
