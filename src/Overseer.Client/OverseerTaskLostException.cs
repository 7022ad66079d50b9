namespace Overseer.Client;

/// <summary>A watched task is unknown to the server after a reconnect: it was restarted without its state. The client stays usable.</summary>
public sealed class OverseerTaskLostException : OverseerException
{
    internal OverseerTaskLostException(string taskId)
        : base($"the server does not know task {taskId} any more: it was restarted, or it is another one")
        => TaskId = taskId;

    /// <summary>The task.</summary>
    public string TaskId { get; }
}
