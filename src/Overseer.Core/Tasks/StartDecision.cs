using Overseer.Core.Pools;
using Overseer.Core.Tasks.Storage;

namespace Overseer.Core.Tasks;

/// <summary>Whether a start goes ahead.</summary>
internal sealed record StartDecision
{
    /// <summary>The answer, when it does not.</summary>
    public EngineReply.Failed? Refusal { get; private init; }

    /// <summary>What is launched, when it does.</summary>
    public LaunchOrder? Order { get; init; }

    /// <summary>Whether it is launched now or waits, when it does.</summary>
    public Admission<TaskEntry>? Admission { get; init; }

    /// <summary>The ended task that is started again; unset for a new one.</summary>
    public TaskEntry? Existing { get; init; }

    /// <summary>What is stored of the task, when it goes ahead.</summary>
    public TaskRecord? Record { get; init; }

    /// <summary>Name, tags and groups that requests gave the task.</summary>
    public Labels Labels { get; init; } = Labels.None;

    /// <summary>What the task occupies while it is live.</summary>
    public string? DedupeKey { get; init; }

    /// <summary>Estimated bytes of the task.</summary>
    public long Bytes { get; init; }

    /// <summary>It does not.</summary>
    public static StartDecision Refused(string message, string? existingTaskId = null) => Refused(new EngineReply.Failed(message, existingTaskId));

    /// <summary>It does not.</summary>
    public static StartDecision Refused(EngineReply.Failed answer) => new() { Refusal = answer };
}
