using Overseer.Core.Drivers;

namespace Overseer.Drivers;

/// <summary>A driver that also makes tasks of what somebody else has started.</summary>
internal interface IForeignTasks
{
    /// <summary>What stands for their action: see <see cref="ActionCatalog.Foreign"/>.</summary>
    ActionEntry Foreign { get; }
}
