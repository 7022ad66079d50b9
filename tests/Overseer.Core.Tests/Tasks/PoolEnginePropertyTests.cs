using FsCheck;
using FsCheck.Fluent;
using Overseer.Core.Pools;

namespace Overseer.Core.Tests.Tasks;

/// <summary>
/// Whatever happens to tasks and pools in whatever order: no limit is exceeded, no task is lost or started twice, and each wait in a queue ends in exactly one way.
/// </summary>
public sealed class PoolEnginePropertyTests
{
    private static readonly string[] Steps =
    [
        "start", "start", "start", "start", "start", "start", "started", "started", "started", "failed", "exited", "exited", "exited", "stop", "stop", "time", "time",
        "limit", "limit", "top-limit", "queue-size", "excess", "purge", "reset", "break", "mend", "mend", "late-timer", "server", "ready", "reload", "reload",
    ];

    private static Gen<(string What, int Task, int Pick)> Step =>
        from what in Gen.Elements(Steps) from task in Gen.Choose(0, PoolEngineWorld.TaskCount - 1) from pick in Gen.Choose(0, 10_000) select (what, task, pick);

    private static Gen<PoolOptions> Options =>
        from limit in Gen.Choose(0, 3)
        from enabled in Gen.Elements(true, true, true, false)
        from size in Gen.Choose(0, 3)
        from order in Gen.Elements(QueueOrder.First, QueueOrder.Last)
        from age in Gen.Elements(0, 0, 5, 30)
        from displace in Gen.Elements(DisplacePolicy.Allowed, DisplacePolicy.OnlyForced, DisplacePolicy.Prohibited)
        from excess in Gen.Elements(ExcessAction.Stop, ExcessAction.Requeue, ExcessAction.Requeue)
        from grace in Gen.Elements(0, 5)
        select new PoolOptions
        {
            Limit = limit,
            QueueEnabled = enabled,
            QueueSize = size,
            QueueOrder = order,
            QueueMaxAge = TimeSpan.FromSeconds(age),
            Displace = displace,
            ExcessAction = excess,
            ExcessGrace = TimeSpan.FromSeconds(grace),
        };

    private static Gen<PoolPlan> Plan =>
        from top in Options
        from topLimit in Gen.Choose(0, 5)
        from a in Options
        from b in Options
        select new PoolPlan { Top = top with { Limit = topLimit }, Actions = new Dictionary<string, PoolOptions> { ["a"] = a, ["b"] = b } };

    [Fact]
    public void Any_history_keeps_the_limits_and_loses_nobody()
    {
        var histories = (from plan in Plan from steps in Gen.ListOf(Step, 120) select (plan, steps)).ToArbitrary();
        Prop.ForAll(histories, history => new PoolEngineWorld(history.plan).Play(history.steps)).Check(Config.QuickThrowOnFailure.WithMaxTest(200));
    }

    [Fact]
    public void After_any_history_lower_limits_are_kept_and_without_limits_everybody_starts()
    {
        var histories = (from plan in Plan from steps in Gen.ListOf(Step, 60) select (plan, steps)).ToArbitrary();
        Prop.ForAll(histories, history => new PoolEngineWorld(history.plan).PlayToTheEnd(history.steps)).Check(Config.QuickThrowOnFailure.WithMaxTest(100));
    }
}
