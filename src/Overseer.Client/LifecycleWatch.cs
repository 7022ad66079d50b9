using Overseer.Protocols.V2;

namespace Overseer.Client;

/// <summary>
/// What happens to all tasks, without their output: <c>lifecycle</c> events in order, none twice, also across lost connections. Each time the subscription is made, at first and after a
/// lost connection, its <c>subscribed</c> comes before the events; one whose <see cref="SubscribedMessage.Complete"/> is false says that events may be missing there. <c>pool_updated</c>
/// comes too.
/// </summary>
/// <remarks>One reader. It ends by <see cref="DisposeAsync"/>, with the client, or by an exception.</remarks>
public sealed class LifecycleWatch : IAsyncEnumerable<ServerMessage>, IAsyncDisposable
{
    private readonly OverseerClient _client;
    private int _read;

    internal LifecycleWatch(OverseerClient client, Action onDrained)
    {
        _client = client;
        Buffer = new EventBuffer(onDrained);
    }

    internal EventBuffer Buffer { get; }

    /// <summary>The number of the last event that was seen; unset until the subscription is made.</summary>
    internal long? Last { get; private set; }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">It has a reader already.</exception>
    /// <exception cref="OverseerUnreachableException">The connection was lost and could not be made again in time.</exception>
    public async IAsyncEnumerator<ServerMessage> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        await foreach (IReadOnlyList<ServerMessage> events in ReadBatchesAsync(cancellationToken))
        {
            foreach (ServerMessage one in events)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return one;
            }
        }
    }

    /// <summary>The same by portions: all that has come by the time of reading. Each is valid until the next.</summary>
    /// <inheritdoc cref="GetAsyncEnumerator"/>
    public async IAsyncEnumerable<IReadOnlyList<ServerMessage>> ReadBatchesAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _read, 1) != 0)
            throw new InvalidOperationException("a watch has one reader");
        while (await Buffer.TakeAsync(cancellationToken) is { } events)
            yield return events;
    }

    /// <summary>Ends the watch.</summary>
    public async ValueTask DisposeAsync() => await _client.EndWatchAsync(this);

    /// <summary>The subscription is made: from here on events count.</summary>
    internal void Begin(SubscribedMessage subscribed)
    {
        // What is kept comes after this. The numbers of a server whose clock was ahead mean nothing here.
        if (Last is null || subscribed.Last < Last)
            Last = subscribed.History is null ? subscribed.Last : 0;
        Buffer.Add(subscribed);
    }

    internal void Deliver(ServerMessage message)
    {
        if (Last is null)
            return; // events of other watches' subscription, before ours
        if (message is LifecycleMessage happened)
        {
            if (happened.Number <= Last)
                return;
            Last = happened.Number;
        }
        Buffer.Add(message);
    }
}
