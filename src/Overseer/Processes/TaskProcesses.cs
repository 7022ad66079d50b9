using Overseer.Core.Tasks;

namespace Overseer.Processes;

/// <summary>The processes of a task as one look found them.</summary>
/// <param name="Task">The task as it was at that time.</param>
/// <param name="Members">Its own process first, then every other one of its tree by number.</param>
internal sealed record TaskProcesses(TaskStatus Task, IReadOnlyList<SeenProcess> Members)
{
    /// <summary>The process that was started, or adopted.</summary>
    public SeenProcess Root => Members[0];

    /// <summary>What all use together.</summary>
    public ProcessUse Tree => Members.Aggregate(default(ProcessUse), static (sum, member) => sum + member.Use);
}
