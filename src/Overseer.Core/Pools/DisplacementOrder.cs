namespace Overseer.Core.Pools;

/// <summary>Who goes first when a queue is full: the one that waits longest; those that ran before only when no other is left.</summary>
internal sealed class DisplacementOrder<T> : IComparer<PoolTicket<T>> where T : class
{
    /// <summary>The only one.</summary>
    public static readonly DisplacementOrder<T> Instance = new();

    /// <inheritdoc/>
    public int Compare(PoolTicket<T>? x, PoolTicket<T>? y)
    {
        if (x is null || y is null) return Comparer<object>.Default.Compare(x, y);
        var order = x.RanBefore.CompareTo(y.RanBefore);
        if (order == 0) order = x.Place.CompareTo(y.Place);
        return order != 0 ? order : x.Sequence.CompareTo(y.Sequence);
    }
}
