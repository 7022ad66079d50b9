namespace Overseer.Core.Tasks;

/// <summary>The one direct answer to a request. A closed hierarchy.</summary>
public abstract record EngineReply
{
    private EngineReply()
    {
    }

    /// <summary>The task was started.</summary>
    /// <param name="Event">What happened.</param>
    public sealed record Started(TaskStarted Event) : EngineReply;

    /// <summary>The request was refused, or what it asked for failed.</summary>
    /// <param name="Message">For the client, word for word; secrets masked.</param>
    /// <param name="ExistingTaskId">The task that stands in the way, when there is one.</param>
    public sealed record Failed(string Message, string? ExistingTaskId = null) : EngineReply;
}
