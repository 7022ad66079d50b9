using Overseer.Protocols.V2;

namespace Overseer.Lifecycle;

/// <summary>Somebody who follows what happens to all tasks: a connection. Must not wait.</summary>
internal interface ILifecycleFollower
{
    /// <summary>Whether it may hear of an event.</summary>
    bool Hears(LifecycleMessage message);

    /// <summary>Sends an event; false when too much waits already, and then the follower ends its connection.</summary>
    bool TrySend(LifecycleMessage message);
}
