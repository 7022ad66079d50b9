namespace Overseer.Core.Pools;

/// <summary>
/// What ties one task to its pools: it waits, or has a place, or neither. Kept beside the task, so that nothing has to be searched for. Changed by
/// <see cref="PoolTable{T}"/> alone.
/// </summary>
/// <typeparam name="T">What the owner of the table calls a task.</typeparam>
/// <param name="task">The task.</param>
/// <param name="taskId">Its id.</param>
/// <param name="action">Its action.</param>
internal sealed class PoolTicket<T>(T task, string taskId, string action) where T : class
{
    /// <summary>The task.</summary>
    public T Task { get; } = task;

    /// <summary>Its id.</summary>
    public string TaskId { get; } = taskId;

    /// <summary>Its action: its limit and queue hold for the task.</summary>
    public string Action { get; } = action;

    /// <summary>What it has now.</summary>
    public TicketState State { get; internal set; }

    /// <summary>Since when it waits, or waited last.</summary>
    public DateTimeOffset QueuedAt { get; internal set; }

    /// <summary>Whether it waits with force: then no other takes its place in the queue.</summary>
    public bool Forced { get; internal set; }

    /// <summary>Its key in the order of its queue: <see cref="PoolTable{T}.NextPlace"/>, or less than 0 for one that ran already.</summary>
    public long Place { get; internal set; }

    /// <summary>Whether it ran before it was put into the queue, and therefore comes before those that did not.</summary>
    public bool RanBefore => Place < 0;

    /// <summary>Tells two with the same place apart: the order in which they were queued.</summary>
    internal long Sequence { get; set; }

    /// <summary>Where it is in its pool's list of holders.</summary>
    internal int HolderIndex { get; set; }

    /// <summary>Its node in a <see cref="WaitingLine{T}"/>.</summary>
    internal PoolTicket<T>? Left { get; set; }

    /// <inheritdoc cref="Left"/>
    internal PoolTicket<T>? Right { get; set; }

    /// <summary>Number of nodes from here down.</summary>
    internal int Size { get; set; }

    /// <summary>Decides who is above whom in the tree.</summary>
    internal ulong Weight { get; set; }
}
