using Overseer.Core.Tasks;
using TaskStatus = Overseer.Core.Tasks.TaskStatus;

namespace Overseer.Core.Registry;

/// <summary>
/// A task as the registry keeps it, whatever it comes from. Number and id are fixed; <see cref="Status"/> may be read from any thread, everything else belongs to the engine's.
/// </summary>
internal abstract class RegisteredTask(long number, string taskId)
{
    /// <summary>Its registry number.</summary>
    public long Number { get; } = number;

    /// <summary>Its id.</summary>
    public string TaskId { get; } = taskId;

    /// <summary>The task as it is now.</summary>
    public abstract TaskStatus Status { get; }

    /// <summary>The pid it is found by.</summary>
    public int? IndexedPid { get; set; }

    /// <summary>The tags it is found by.</summary>
    public IReadOnlyList<string> IndexedTags { get; set; } = [];

    /// <summary>The groups it is found by.</summary>
    public IReadOnlyList<string> IndexedGroups { get; set; } = [];
}
