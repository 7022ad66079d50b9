using Overseer.Core.Pools;

namespace Overseer.Protocols.V2;

/// <summary>Pools as messages.</summary>
public static class PoolMessages
{
    /// <summary>A pool at one moment.</summary>
    public static PoolInfo ToInfo(PoolStatus status) => new()
    {
        Limit = status.Settings.Limit,
        Running = status.Running,
        QueueDepth = status.QueueDepth,
        QueueItems = status.Items.Count > 0 ? [.. status.Items.Select(ToItem)] : null,
    };

    /// <summary>The settings of a pool. Durations are whole seconds on the wire: a part of one counts as one.</summary>
    public static PoolConfig ToConfig(PoolSettings settings) => new()
    {
        Limit = settings.Limit,
        Queue = settings.QueueEnabled ? ToQueue(settings) : null,
        Excess = new ExcessConfig { Action = settings.ExcessAction, Order = settings.ExcessOrder, Grace = Seconds(settings.ExcessGrace) },
    };

    /// <summary>What <c>set_pool</c> changes.</summary>
    public static PoolChange ToChange(SetPoolMessage message) => new()
    {
        Limit = message.Size ?? message.Limit,
        QueueSize = message.QueueSize,
        ExcessAction = message.Excess?.Action,
        ExcessOrder = message.Excess?.Order,
        ExcessGrace = message.Excess?.Grace is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
    };

    private static QueueItem ToItem(PoolQueueItem item)
        => new() { TaskId = item.TaskId, Action = item.Action, QueuedAt = item.QueuedAt, Position = item.Position, Forced = item.Forced };

    private static QueueConfig ToQueue(PoolSettings settings) => new()
    {
        Enabled = true,
        Size = settings.QueueSize,
        Order = settings.QueueOrder,
        MaxAge = Seconds(settings.QueueMaxAge),
        Displace = settings.Displace,
    };

    private static int Seconds(TimeSpan time) => (int)Math.Min(Math.Ceiling(time.TotalSeconds), int.MaxValue);
}
