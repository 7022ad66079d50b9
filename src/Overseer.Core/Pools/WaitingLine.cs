namespace Overseer.Core.Pools;

// A treap whose nodes are the tickets themselves and know the size of their subtree. All of it is logarithmic: getting in anywhere (a requeued task comes
// before many others), leaving from anywhere (a stop, an expiry), and the position, which every queued start is told. A linked list would walk for the first
// and the last, SortedSet counts positions by walking. Weights are hashes of a counter: no randomness is needed to keep the tree flat, nobody attacks it.

/// <summary>
/// The waiting tasks of one action in the order in which they start: first those that ran before, the longest running one first, then the others, in the order
/// of their places or against it.
/// </summary>
internal sealed class WaitingLine<T>(QueueOrder order) where T : class
{
    private PoolTicket<T>? _root;

    /// <summary>How many wait.</summary>
    public int Count => _root?.Size ?? 0;

    /// <summary>The next to start.</summary>
    public PoolTicket<T>? First
    {
        get
        {
            var node = _root;
            while (node?.Left is { } left) node = left;
            return node;
        }
    }

    /// <summary>Adds one.</summary>
    public void Add(PoolTicket<T> ticket)
    {
        (ticket.Left, ticket.Right, ticket.Size) = (null, null, 1);
        ticket.Weight = Scatter(ticket.Sequence);
        _root = Add(_root, ticket);
    }

    /// <summary>Takes one out.</summary>
    public void Remove(PoolTicket<T> ticket)
    {
        _root = Remove(_root, ticket);
        (ticket.Left, ticket.Right) = (null, null);
    }

    /// <summary>How many start before this one.</summary>
    public int PositionOf(PoolTicket<T> ticket)
    {
        var position = 0;
        var node = _root;
        while (node is not null && node != ticket)
        {
            if (Precedes(ticket, node))
            {
                node = node.Left;
            }
            else
            {
                position += SizeOf(node.Left) + 1;
                node = node.Right;
            }
        }

        return position + SizeOf(node?.Left);
    }

    /// <summary>Appends all, the next to start first.</summary>
    public void CopyTo(List<PoolTicket<T>> tickets) => CopyTo(_root, tickets);

    private static void CopyTo(PoolTicket<T>? node, List<PoolTicket<T>> tickets)
    {
        if (node is null) return;
        CopyTo(node.Left, tickets);
        tickets.Add(node);
        CopyTo(node.Right, tickets);
    }

    private bool Precedes(PoolTicket<T> one, PoolTicket<T> other)
    {
        if (one.RanBefore != other.RanBefore) return one.RanBefore;
        var places = one.Place.CompareTo(other.Place);
        if (places == 0) places = one.Sequence.CompareTo(other.Sequence);
        return order == QueueOrder.First || one.RanBefore ? places < 0 : places > 0;
    }

    private PoolTicket<T> Add(PoolTicket<T>? node, PoolTicket<T> ticket)
    {
        if (node is null) return ticket;
        if (ticket.Weight > node.Weight)
        {
            (ticket.Left, ticket.Right) = Split(node, ticket);
            return Resized(ticket);
        }

        if (Precedes(ticket, node)) node.Left = Add(node.Left, ticket);
        else node.Right = Add(node.Right, ticket);
        return Resized(node);
    }

    private PoolTicket<T>? Remove(PoolTicket<T>? node, PoolTicket<T> ticket)
    {
        if (node is null) return null;
        if (node == ticket) return Join(node.Left, node.Right);
        if (Precedes(ticket, node)) node.Left = Remove(node.Left, ticket);
        else node.Right = Remove(node.Right, ticket);
        return Resized(node);
    }

    private (PoolTicket<T>? Before, PoolTicket<T>? After) Split(PoolTicket<T>? node, PoolTicket<T> at)
    {
        if (node is null) return (null, null);
        if (Precedes(node, at))
        {
            (node.Right, var after) = Split(node.Right, at);
            return (Resized(node), after);
        }

        (var before, node.Left) = Split(node.Left, at);
        return (before, Resized(node));
    }

    private static PoolTicket<T>? Join(PoolTicket<T>? before, PoolTicket<T>? after)
    {
        if (before is null || after is null) return before ?? after;
        if (before.Weight > after.Weight)
        {
            before.Right = Join(before.Right, after);
            return Resized(before);
        }

        after.Left = Join(before, after.Left);
        return Resized(after);
    }

    private static PoolTicket<T> Resized(PoolTicket<T> node)
    {
        node.Size = SizeOf(node.Left) + SizeOf(node.Right) + 1;
        return node;
    }

    private static int SizeOf(PoolTicket<T>? node) => node?.Size ?? 0;

    // The finalizer of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators).
    private static ulong Scatter(long sequence)
    {
        var x = unchecked((ulong)sequence * 0x9E3779B97F4A7C15);
        x = unchecked((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9);
        x = unchecked((x ^ (x >> 27)) * 0x94D049BB133111EB);
        return x ^ (x >> 31);
    }
}
