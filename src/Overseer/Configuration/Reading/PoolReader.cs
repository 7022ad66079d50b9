using System.Globalization;
using Overseer.Core.Configuration;
using Overseer.Core.Pools;
using Overseer.Core.Time;

namespace Overseer.Configuration.Reading;

/// <summary>
/// Reads <c>task_pool</c> in both forms: <c>size, queue_size, queue_timeout</c>, and <c>limit, queue {…}, excess {…}</c>. They may be
/// mixed, but nothing may be said twice.
/// </summary>
internal static class PoolReader
{
    private static readonly TimeSpan LongestSeconds = TimeSpan.FromDays(3650);

    /// <summary>The pool; null when it is absent or empty.</summary>
    public static PoolOptions? Read(ConfigSection parent)
    {
        if (parent.Section("task_pool") is not { } section) return null;
        Once(section, "size", "limit");
        var limit = Count(section, "limit") ?? Count(section, "size");
        var shortQueue = Count(section, "queue_size");
        var timeout = section.Duration("queue_timeout");
        var pool = new PoolOptions
        {
            Limit = limit,
            QueueEnabled = shortQueue is { } size ? size > 0 : null,
            QueueSize = shortQueue is > 0 ? shortQueue : null,
            QueueMaxAge = timeout,
        };
        if (section.Section("queue") is { } queue)
        {
            if (shortQueue is not null && queue.Has("size")) queue.Error("size", "says the same as queue_size; give one of the two");
            if (timeout is not null && queue.Has("max_age")) queue.Error("max_age", "says the same as queue_timeout; give one of the two");
            pool = pool with
            {
                QueueEnabled = queue.Flag("enabled") ?? pool.QueueEnabled ?? true,
                QueueSize = Count(queue, "size") ?? pool.QueueSize,
                QueueOrder = Order(queue),
                QueueMaxAge = Seconds(queue, "max_age") ?? pool.QueueMaxAge,
                Displace = Displace(queue),
            };
            queue.End();
        }

        if (section.Section("excess") is { } excess)
        {
            pool = pool with
            {
                ExcessAction = Action(excess),
                ExcessOrder = Order(excess),
                ExcessGrace = Seconds(excess, "grace"),
            };
            excess.End();
        }

        section.End();
        if (!section.Entries.Any()) return null;
        parent.NotYet("task_pool", "the number of tasks is not limited and none are queued");
        return pool;
    }

    private static QueueOrder? Order(ConfigSection section) => section.Enum("order", "first", "last") switch
    {
        "first" => QueueOrder.First,
        "last" => QueueOrder.Last,
        _ => null,
    };

    private static DisplacePolicy? Displace(ConfigSection section) => section.Enum("displace", "true", "false", "prohibit") switch
    {
        "true" => DisplacePolicy.Allowed,
        "false" => DisplacePolicy.OnlyForced,
        "prohibit" => DisplacePolicy.Prohibited,
        _ => null,
    };

    private static ExcessAction? Action(ConfigSection section) => section.Enum("action", "stop", "requeue") switch
    {
        "stop" => ExcessAction.Stop,
        "requeue" => ExcessAction.Requeue,
        _ => null,
    };

    private static int? Count(ConfigSection section, string key) => (int?)section.Integer(key, 0, int.MaxValue);

    private static void Once(ConfigSection section, string one, string other)
    {
        if (section.Node(one) is not null && section.Node(other) is not null) section.Error(one, $"says the same as {other}; give one of the two");
    }

    /// <summary>The longer form counts in seconds; a duration with its unit is taken too.</summary>
    private static TimeSpan? Seconds(ConfigSection section, string key)
    {
        if (section.Node(key) is ConfigScalar { Value: { } text }
            && double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds))
        {
            if (seconds <= LongestSeconds.TotalSeconds) return TimeSpan.FromSeconds(seconds);
            section.Error(key, $"must be at most {LongestSeconds.TotalSeconds} seconds");
            return null;
        }

        if (section.Node(key) is not ConfigScalar { Value: { } other }) return section.Duration(key);
        if (GoDuration.TryParse(other, out var duration)) return duration;
        section.Error(key, $"\"{other}\" is neither a number of seconds nor {GoDuration.Expected}");
        return null;
    }
}
