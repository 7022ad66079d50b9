namespace Overseer.Chaos.Clients;

/// <summary>What clients did, together.</summary>
internal sealed class Counters
{
    private long _resumes;
    private long _connections;
    private long _events;

    /// <summary>Subscriptions that went on where an earlier connection had been cut off.</summary>
    internal long Resumes => Interlocked.Read(ref _resumes);

    internal long Connections => Interlocked.Read(ref _connections);

    /// <summary>Events that were received and checked.</summary>
    internal long Events => Interlocked.Read(ref _events);

    internal void Resumed() => Interlocked.Increment(ref _resumes);

    internal void Connected() => Interlocked.Increment(ref _connections);

    internal void Received() => Interlocked.Increment(ref _events);
}
