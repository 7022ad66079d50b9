using Overseer.Core.Pools;
using Overseer.Core.Registry;
using Overseer.Core.Tasks.Storage;

namespace Overseer.Core.Tasks;

/// <summary>A known task and what the engine keeps beside its machine. Only <see cref="Status"/> may be read from any thread.</summary>
internal sealed class TaskEntry(long number, string taskId, TaskMachine machine) : RegisteredTask(number, taskId)
{
    /// <summary>Its life.</summary>
    public TaskMachine Machine { get; } = machine;

    /// <inheritdoc/>
    public override TaskStatus Status => Machine.Shown;

    /// <summary>What a later start falls back to, as the last successful one left it.</summary>
    public Labels Labels { get; set; } = Labels.None;

    /// <summary>What is stored of it beside its runs.</summary>
    public required TaskRecord Record { get; set; }

    /// <summary>What of it was given to the store last; unset before.</summary>
    public TaskRecord? Stored { get; set; }

    /// <summary>Estimated bytes it occupies.</summary>
    public long Bytes { get; set; }

    /// <summary>Its place among the ended tasks, the first ended first; unset while it is live.</summary>
    public LinkedListNode<TaskEntry>? EndedNode { get; set; }

    /// <summary>What it occupies while it is live; see <see cref="DedupeKey"/>.</summary>
    public string? DedupeKey { get; set; }

    /// <summary>What ties it to its action's pool.</summary>
    public PoolTicket<TaskEntry>? Ticket { get; set; }

    /// <summary>Whether a timer runs that ends its wait in the queue.</summary>
    public bool ExpiryArmed { get; set; }

    /// <summary>The run it waits for, or waited for last, in the queue.</summary>
    public RunId QueuedRun { get; set; }

    /// <summary>Set while a launch is under way, or waits for a pool.</summary>
    public PendingStart? Pending { get; set; }
}
