using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>A pool at one moment.</summary>
public sealed record PoolInfo
{
    private static readonly ListType<QueueItem> QueueItemListType = new(QueueItem.Schema);
    private static readonly RequiredField<PoolInfo, int> LimitField =
        new("limit", WireTypes.Count, m => m.Limit, "How many tasks may run; 0 for any number.");
    private static readonly RequiredField<PoolInfo, int> RunningField =
        new("running", WireTypes.Count, m => m.Running, "How many hold a place: they run, or wait for a restart.");
    private static readonly RequiredField<PoolInfo, int> QueueDepthField = new("queue_depth", WireTypes.Count, m => m.QueueDepth, "How many wait.");
    private static readonly OptionalField<PoolInfo, IReadOnlyList<QueueItem>> QueueItemsField =
        new("queue_items", QueueItemListType, m => m.QueueItems, "Those that wait, the next to start first.");

    internal static readonly ObjectType<PoolInfo> Schema = new(
        "PoolInfo", "A pool at one moment.",
        [LimitField, RunningField, QueueDepthField, QueueItemsField],
        f => new PoolInfo
        {
            Limit = f.Get(LimitField),
            Running = f.Get(RunningField),
            QueueDepth = f.Get(QueueDepthField),
            QueueItems = f.Get(QueueItemsField),
        });

    /// <summary>How many tasks may run; 0 for any number.</summary>
    public required int Limit { get; init; }

    /// <summary>How many hold a place: they run, or wait for a restart.</summary>
    public required int Running { get; init; }

    /// <summary>How many wait.</summary>
    public required int QueueDepth { get; init; }

    /// <summary>Those that wait, the next to start first.</summary>
    public IReadOnlyList<QueueItem>? QueueItems { get; init; }
}
