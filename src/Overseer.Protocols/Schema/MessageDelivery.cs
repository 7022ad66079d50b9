namespace Overseer.Protocols.Schema;

/// <summary>Who gets a message; the flags add up.</summary>
[Flags]
internal enum MessageDelivery
{
    /// <summary>The other end of one connection: every client message, and the answer to one.</summary>
    Direct = 1,

    /// <summary>Every connection.</summary>
    Broadcast = 2,

    /// <summary>Every connection that subscribed to the task.</summary>
    BroadcastSubscribers = 4,
}
