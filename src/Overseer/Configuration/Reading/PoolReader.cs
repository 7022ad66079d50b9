using System.Globalization;
using Overseer.Core.Configuration;
using Overseer.Core.Pools;
using Overseer.Core.Tasks;
using Overseer.Core.Time;

namespace Overseer.Configuration.Reading;

/// <summary>
/// Reads <c>task_pool</c> in both forms: <c>size, queue_size, queue_timeout</c>, and <c>limit, queue {…}, excess {…}</c>. They may be
/// mixed, but nothing may be said twice.
/// </summary>
internal static class PoolReader
{
    /// <summary>The pool; null when it is absent or empty.</summary>
    public static PoolOptions? Read(ConfigSection parent)
    {
        if (parent.Section("task_pool") is not { } section) return null;
        Once(section, "limit", section, "size");
        var limit = Count(section, "limit") ?? Count(section, "size");
        var shortQueue = Count(section, "queue_size");
        var timeout = AtMost(section, "queue_timeout", section.Duration("queue_timeout"), PoolSettings.LongestQueueAge);
        var pool = new PoolOptions
        {
            Limit = limit,
            QueueEnabled = shortQueue is { } size ? size > 0 : null,
            QueueSize = shortQueue is > 0 ? shortQueue : null,
            QueueMaxAge = timeout,
        };
        if (section.Section("queue") is { } queue)
        {
            Once(section, "queue_size", queue, "size");
            Once(section, "queue_size", queue, "enabled");
            Once(section, "queue_timeout", queue, "max_age");
            pool = pool with
            {
                QueueEnabled = queue.Flag("enabled") ?? pool.QueueEnabled ?? true,
                QueueSize = Count(queue, "size") ?? pool.QueueSize,
                QueueOrder = Order(queue),
                QueueMaxAge = AtMost(queue, "max_age", Seconds(queue, "max_age"), PoolSettings.LongestQueueAge) ?? pool.QueueMaxAge,
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
                ExcessGrace = AtMost(excess, "grace", Seconds(excess, "grace"), StopPolicy.MaxGrace),
            };
            excess.End();
        }

        section.End();
        return section.Entries.Any() ? pool : null;
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

    private static void Once(ConfigSection section, string key, ConfigSection other, string otherKey)
    {
        if (section.Has(key) && other.Has(otherKey)) other.Error(otherKey, $"says the same as {key}; give one of the two");
    }

    private static TimeSpan? AtMost(ConfigSection section, string key, TimeSpan? value, TimeSpan longest)
    {
        if (value is null || value <= longest) return value;
        section.Error(key, $"must be at most {longest.TotalHours}h");
        return null;
    }

    /// <summary>The longer form counts in seconds; a duration with its unit is taken too.</summary>
    private static TimeSpan? Seconds(ConfigSection section, string key)
    {
        if (section.Node(key) is ConfigScalar { Value: { } text }
            && double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds))
        {
            return seconds < TimeSpan.MaxValue.TotalSeconds ? TimeSpan.FromSeconds(seconds) : TimeSpan.MaxValue;
        }

        if (section.Node(key) is not ConfigScalar { Value: { } other }) return section.Duration(key);
        if (GoDuration.TryParse(other, out var duration)) return duration;
        section.Error(key, $"\"{other}\" is neither a number of seconds nor {GoDuration.Expected}");
        return null;
    }
}
