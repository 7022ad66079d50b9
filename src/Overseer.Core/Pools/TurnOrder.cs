namespace Overseer.Core.Pools;

/// <summary>Whose turn it is among actions: the one that got a place least recently.</summary>
internal sealed class TurnOrder<T> : IComparer<ActionPool<T>> where T : class
{
    /// <summary>The only one.</summary>
    public static readonly TurnOrder<T> Instance = new();

    /// <inheritdoc/>
    public int Compare(ActionPool<T>? x, ActionPool<T>? y)
    {
        if (x is null || y is null) return Comparer<object>.Default.Compare(x, y);
        var order = x.Served.CompareTo(y.Served);
        return order != 0 ? order : x.Index.CompareTo(y.Index);
    }
}
