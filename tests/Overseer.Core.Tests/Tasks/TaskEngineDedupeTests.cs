using Overseer.Core.Drivers;
using Overseer.Core.Tasks;

namespace Overseer.Core.Tests.Tasks;

public sealed class TaskEngineDedupeTests
{
    private readonly EngineHarness _engine = new(
        null,
        new ActionEntry(
            new ActionDefinition { Name = "a", Type = "exec", DedupeKey = ["x", "y"] },
            new FakeAction { Parameters = new Dictionary<string, ParameterSpec?> { ["x"] = new() { Default = "1" } } }));

    private List<Effect> Start(string id, params (string Name, string Value)[] parameters) =>
        _engine.Start(new StartRequest { TaskId = id, Action = "a", Params = parameters.ToDictionary(p => p.Name, p => p.Value) });

    [Fact]
    public void Equal_values_run_only_once_defaults_applied()
    {
        var run = Start("t", ("x", "1"), ("y", "2")).OfType<Effect.LaunchRun>().Single().RunId;

        var refusal = EngineHarness.Refusal(Start("u", ("y", "2"), ("z", "3")));
        Assert.Equal(("duplicate task: already running as t", "t"), (refusal.Message, refusal.ExistingTaskId));
        _engine.Started(run);
        EngineHarness.Refusal(Start("u", ("y", "2")));
        _engine.Exited(run);
        Assert.Single(Start("u", ("y", "2")).OfType<Effect.LaunchRun>());
    }

    [Fact]
    public void Other_values_run_beside_each_other()
    {
        Assert.Single(Start("a", ("x", "1"), ("y", "23")).OfType<Effect.LaunchRun>());
        Assert.Single(Start("b", ("x", "12"), ("y", "3")).OfType<Effect.LaunchRun>());
        Assert.Single(Start("c", ("x", "1")).OfType<Effect.LaunchRun>());
        Assert.Single(Start("d", ("x", "1"), ("y", "")).OfType<Effect.LaunchRun>());
    }

    [Fact]
    public void A_start_that_fails_frees_its_values()
    {
        _engine.FailedToStart(Start("t", ("y", "2")).OfType<Effect.LaunchRun>().Single().RunId);

        Assert.Single(Start("u", ("y", "2")).OfType<Effect.LaunchRun>());
    }
}
