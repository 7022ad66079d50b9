namespace Overseer.Server.Channels;

/// <summary>What carries the messages of one client: a WebSocket, or standard input and output. One reader, one writer.</summary>
internal interface IMessageChannel
{
    /// <summary>Takes finished frames, one or more whole ones with each write. A write is never cancelled.</summary>
    Stream Frames { get; }

    /// <summary>Time since the peer last sent something or took something; zero where that says nothing.</summary>
    TimeSpan Silence { get; }

    /// <summary>For how long the write under way has waited for the peer; zero when none does.</summary>
    TimeSpan Stalled { get; }

    /// <summary>The next message, valid until the next call; null when no more will come.</summary>
    /// <exception cref="IOException">The channel is broken.</exception>
    ValueTask<ReceivedMessage?> ReceiveAsync();

    /// <summary>Asks the peer for a sign of life, where that is possible.</summary>
    ValueTask PingAsync();

    /// <summary>
    /// Says the end, after everything that was written, and awaits the peer's, not for long. <paramref name="ours"/> is null when the peer began it;
    /// <paramref name="receiving"/> is the loop around <see cref="ReceiveAsync"/>.
    /// </summary>
    /// <exception cref="IOException">The channel is broken.</exception>
    /// <exception cref="TimeoutException">The peer takes nothing.</exception>
    Task EndAsync(ChannelEnd? ours, Task receiving);

    /// <summary>Drops the channel: what is written or received now fails, now or soon.</summary>
    void Abort();
}
