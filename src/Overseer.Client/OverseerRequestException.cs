namespace Overseer.Client;

/// <summary>The server refused a request or could not carry it out. The client stays usable.</summary>
public sealed class OverseerRequestException : OverseerException
{
    internal OverseerRequestException(string message, string? existingTaskId)
        : base(message)
        => ExistingTaskId = existingTaskId;

    /// <summary>The task that stands in the way of a start, where there is one.</summary>
    public string? ExistingTaskId { get; }
}
