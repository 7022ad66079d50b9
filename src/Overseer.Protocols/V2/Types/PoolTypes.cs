using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>Wire types that several records about pools share.</summary>
internal static class PoolTypes
{
    public static ChoiceType<PoolOrder> Order { get; } = new("QueueOrder", ("first", PoolOrder.First), ("last", PoolOrder.Last));
}
