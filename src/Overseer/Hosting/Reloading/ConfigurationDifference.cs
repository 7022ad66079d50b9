using System.Globalization;
using Overseer.Configuration;
using Overseer.Core.Pools;
using Overseer.Core.Tasks;
using Overseer.Core.Time;

namespace Overseer.Hosting.Reloading;

/// <summary>Says in words what a reload has changed. Each text begins with what it is about.</summary>
internal static class ConfigurationDifference
{
    /// <summary>How many tasks are named in each list.</summary>
    public const int MostTasks = 1000;

    /// <summary>What came of a reload.</summary>
    /// <param name="before">What was in force.</param>
    /// <param name="after">What is.</param>
    /// <param name="outcome">What it means for tasks.</param>
    public static ReloadResult Describe(CheckedConfiguration before, CheckedConfiguration after, ReconfigureOutcome outcome)
    {
        var (was, now) = (before.Configuration!, after.Configuration!);
        return new ReloadResult
        {
            Changed =
            [
                .. ActionDifference.Between(before.Actions, after.Actions),
                .. outcome.Pools.Select(Text),
                .. Settings.All.Where(setting => setting.IsLive).Select(setting => setting.Difference(was, now)).OfType<string>(),
            ],
            NeedsRestart =
            [
                .. Settings.All.Where(setting => !setting.IsLive).Select(setting => setting.Difference(was, now)).OfType<string>().Select(text => text + "; start the server again"),
                .. Each(outcome.Outdated, task => $"task {task.TaskId}: action {task.Action} has changed since it was started"),
            ],
            Warnings =
            [
                .. after.Warnings,
                .. Each(outcome.Orphans, task => $"task {task.TaskId} goes on, but is not restarted: its action {task.Action} is gone"),
                .. Each(outcome.LetGo, task => $"task {task.TaskId} waits no more: its action {task.Action} is gone"),
            ],
        };
    }

    private static IEnumerable<string> Each(IReadOnlyList<Core.Tasks.TaskStatus> tasks, Func<Core.Tasks.TaskStatus, string> text)
    {
        var texts = tasks.Take(MostTasks).Select(text);
        return tasks.Count > MostTasks ? texts.Append($"tasks: {tasks.Count - MostTasks} more of these are not named") : texts;
    }

    private static string Text(PoolDifference pool)
    {
        var parts = Parts(pool.Before).Zip(Parts(pool.After)).Where(pair => pair.First.Value != pair.Second.Value).Select(pair => $"{pair.First.Name} {pair.First.Value} -> {pair.Second.Value}");
        return $"task_pool{(pool.Action is { } action ? $" of action {action}" : "")} changed: {string.Join(", ", parts)}";
    }

    private static IEnumerable<(string Name, string Value)> Parts(PoolSettings settings) =>
    [
        ("limit", settings.Limit.ToString(CultureInfo.InvariantCulture)),
        ("queue.enabled", settings.QueueEnabled ? "true" : "false"),
        ("queue.size", settings.QueueSize.ToString(CultureInfo.InvariantCulture)),
        ("queue.order", Word(settings.QueueOrder)),
        ("queue.max_age", GoDuration.Format(settings.QueueMaxAge)),
        ("queue.displace", settings.Displace switch { DisplacePolicy.Allowed => "true", DisplacePolicy.Prohibited => "prohibit", _ => "false" }),
        ("excess.action", settings.ExcessAction == ExcessAction.Requeue ? "requeue" : "stop"),
        ("excess.order", Word(settings.ExcessOrder)),
        ("excess.grace", GoDuration.Format(settings.ExcessGrace)),
    ];

    private static string Word(QueueOrder order) => order == QueueOrder.Last ? "last" : "first";
}
