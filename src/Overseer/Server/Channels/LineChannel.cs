namespace Overseer.Server.Channels;

/// <summary>
/// Messages as lines, one JSON object each. The end of input does not end the channel: what was asked for is still answered, and what runs still heard, until the
/// server ends, which is what the end of input makes it do.
/// </summary>
internal sealed class LineChannel(Stream input, Stream output, int maxMessageBytes, TimeProvider clock) : IMessageChannel, IDisposable
{
    private readonly LineReader _reader = new(input, maxMessageBytes, clock);
    private readonly LineWriter _writer = new(output, clock);
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the input has ended, and what it asked for is under way.</summary>
    public Task InputEnded => _reader.Ended;

    /// <inheritdoc/>
    public Stream Frames => _writer;

    /// <inheritdoc/>
    public TimeSpan Silence => TimeSpan.Zero;

    /// <inheritdoc/>
    public TimeSpan Stalled => _writer.Stalled;

    /// <inheritdoc/>
    public async ValueTask<ReceivedMessage?> ReceiveAsync()
    {
        var received = await _reader.ReadAsync();
        if (received is null)
        {
            await _over.Task;
        }

        return received;
    }

    /// <inheritdoc/>
    public ValueTask PingAsync() => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public async Task EndAsync(ChannelEnd? ours, Task receiving)
    {
        Stop();
        await receiving;
    }

    /// <inheritdoc/>
    public void Abort()
    {
        _writer.Break(new IOException("the channel was dropped"));
        Stop();
    }

    /// <summary>Ends the writing thread, if it can be ended; the streams stay open.</summary>
    public void Dispose() => _writer.Dispose();

    private void Stop()
    {
        _over.TrySetResult();
        _reader.Stop();
    }
}
