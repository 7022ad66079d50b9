namespace Overseer.Protocols.Hub;

/// <summary>What a message of the hub is.</summary>
internal enum HubType
{
    /// <summary>A viewer wants a container's messages.</summary>
    Subscribe,

    /// <summary>A viewer wants them no more.</summary>
    Unsubscribe,

    /// <summary>A container says something.</summary>
    Log,

    /// <summary>How a container is.</summary>
    Status,

    /// <summary>A sign of life.</summary>
    Heartbeat,

    /// <summary>A container is done.</summary>
    Complete,

    /// <summary>Something went wrong.</summary>
    Error,

    /// <summary>A viewer tells a container something.</summary>
    Command,
}
