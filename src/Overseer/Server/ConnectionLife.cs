using Microsoft.Extensions.Logging;
using Overseer.Server.Channels;

namespace Overseer.Server;

/// <summary>From the first byte of a connection to the last: what all connections share, whatever they speak. Receiving is theirs.</summary>
internal sealed class ConnectionLife : IDisposable
{
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _closing = new();
    private readonly long _number;
    private readonly IMessageChannel _channel;
    private readonly ConnectionPump _pump;
    private readonly ILogger _log;
    private readonly TaskCompletionSource _toClose = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ChannelEnd? _end;

    /// <summary>Makes the life of a connection.</summary>
    public ConnectionLife(long number, IMessageChannel channel, ConnectionPump pump, ILogger log)
    {
        (_number, _channel, _pump, _log) = (number, channel, pump, log);
        Closing = _closing.Token;
    }

    /// <summary>Cancelled when our side has begun to end it.</summary>
    public CancellationToken Closing { get; }

    /// <summary>Whether our side has begun to end it.</summary>
    public bool HasEnd => Volatile.Read(ref _end) is not null;

    /// <summary>Serves the connection until either side ends it.</summary>
    public async Task RunAsync(Func<Task> receive)
    {
        var pumping = PumpAsync();
        var receiving = receive();
        await Task.WhenAny(receiving, _toClose.Task);
        await CloseAsync(pumping, receiving);
    }

    /// <summary>Ends the connection from our side.</summary>
    public void Close(ChannelEnd end)
    {
        Interlocked.CompareExchange(ref _end, end, comparand: null);
        // Not Cancel: that would run what waits for it here and now, and whoever closes all connections holds a lock.
        _ = _closing.CancelAsync();
        _toClose.TrySetResult();
    }

    /// <inheritdoc/>
    public void Dispose() => _closing.Dispose();

    private async Task PumpAsync()
    {
        await Task.Yield();
        try
        {
            await _pump.RunAsync();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            ServerLog.Broke(_log, _number, e.Message);
            _channel.Abort();
        }
    }

    private async Task CloseAsync(Task pumping, Task receiving)
    {
        var end = Volatile.Read(ref _end);
        _pump.Stop(drain: end is { Drain: true });
        try
        {
            await pumping.WaitAsync(CloseTimeout);
            await _channel.EndAsync(end, receiving);
        }
        catch (Exception e) when (e is TimeoutException or IOException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
        {
            ServerLog.Broke(_log, _number, e.Message);
        }

        if (!pumping.IsCompleted || !receiving.IsCompleted)
        {
            _channel.Abort();
            await Task.WhenAll(pumping, receiving);
        }
    }
}
