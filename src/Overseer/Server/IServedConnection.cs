using Overseer.Server.Channels;
using Overseer.Server.Trust;
using Overseer.Supervision;

namespace Overseer.Server;

/// <summary>One client that is connected, whatever it speaks.</summary>
internal interface IServedConnection
{
    /// <summary>The connection's number.</summary>
    long Number { get; }

    /// <summary>How it came in.</summary>
    Visitor Visitor { get; }

    /// <summary>Who it is.</summary>
    Caller Caller { get; }

    /// <summary>What carries its messages.</summary>
    IMessageChannel Channel { get; }

    /// <summary>What the engine answers; null for who asks it nothing.</summary>
    IRequester? Requester { get; }

    /// <summary>Serves the connection until either side ends it.</summary>
    Task RunAsync();

    /// <summary>Ends the connection from our side.</summary>
    void Close(ChannelEnd end);

    /// <summary>Why it must end, now that other rules are in force; null when it may stay.</summary>
    string? ReasonToLeave(AccessControl access);
}
