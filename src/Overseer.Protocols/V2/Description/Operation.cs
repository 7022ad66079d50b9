using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>What a client can do: what it sends, and what comes of it.</summary>
/// <param name="Name">Verb and object, such as <c>start_task</c>.</param>
/// <param name="Send">The message that does it.</param>
/// <param name="Success">The direct answers when it succeeds; none when events tell.</param>
internal sealed record Operation(string Name, MessageDefinition Send, params MessageDefinition[] Success)
{
    /// <summary>Events for every connection that may follow.</summary>
    public IReadOnlyList<MessageDefinition> Broadcast { get; init; } = [];

    /// <summary>Events for the subscribers of the task that may follow.</summary>
    public IReadOnlyList<MessageDefinition> BroadcastSubscribers { get; init; } = [];

    /// <summary>What lists cannot say; null for nothing.</summary>
    public string? Notes { get; init; }

    /// <summary>The name for people: <c>Start task</c>.</summary>
    public string Title => char.ToUpperInvariant(Name[0]) + Name[1..].Replace('_', ' ');
}
