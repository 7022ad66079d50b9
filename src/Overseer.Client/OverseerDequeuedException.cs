using Overseer.Core.Tasks;

namespace Overseer.Client;

/// <summary>A start that waited in a queue will not happen. The client stays usable.</summary>
public sealed class OverseerDequeuedException : OverseerException
{
    internal OverseerDequeuedException(string taskId, DequeueReason reason)
        : base($"task {taskId} left its queue without being started: {WordOf(reason)}")
    {
        TaskId = taskId;
        Reason = reason;
    }

    /// <summary>The task.</summary>
    public string TaskId { get; }

    /// <summary>Why.</summary>
    public DequeueReason Reason { get; }

    private static string WordOf(DequeueReason reason) => reason switch
    {
        DequeueReason.Stopped => "somebody stopped it",
        DequeueReason.Purged => "the queue was purged",
        DequeueReason.Displaced => "another start took its place",
        DequeueReason.Expired => "it waited too long",
        DequeueReason.Failed => "its start failed",
        _ => "the server was shut down",
    };
}
