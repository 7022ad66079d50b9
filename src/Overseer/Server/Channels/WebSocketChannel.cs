// The framework's WebSocket reads, answers pings and closes; our finished frames go past it through the gate. What must hold at the end: cancelling a
// receive, and disposing of the framework's socket, reset the connection. What was written last would be lost on its way, the reason for the end with
// it. So the end is said, the client's own end awaited, and the rest is left to the HTTP server.

using System.Buffers;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;

namespace Overseer.Server.Channels;

/// <summary>Messages over a WebSocket. It can be given to who is to send before there is a socket; nothing may be read or written until then.</summary>
internal sealed class WebSocketChannel(FrameGate gate, Action abort, int maxMessageBytes) : IMessageChannel, IDisposable
{
    private const int FirstBufferBytes = 4096;
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ReplyTimeout = TimeSpan.FromSeconds(1);
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(FirstBufferBytes);
    private ChannelEnd? _refusal;
    private WebSocket? _socket;

    /// <inheritdoc/>
    public Stream Frames => gate;

    /// <inheritdoc/>
    public TimeSpan Silence => gate.Silence;

    /// <inheritdoc/>
    public TimeSpan Stalled => gate.Stalled;

    /// <summary>Time since the peer last sent something, a pong included.</summary>
    public TimeSpan Unheard => gate.Unheard;

    /// <summary>Time since the first ping that nothing was heard after; zero when there is none.</summary>
    public TimeSpan Unanswered => gate.Unanswered;

    private WebSocket Socket => _socket ?? throw new InvalidOperationException("there is no WebSocket yet");

    /// <summary>The connection is upgraded, and this is its socket. Once.</summary>
    public void Open(WebSocket socket) => _socket = gate.IsOpen ? socket : throw new InvalidOperationException("the WebSocket was not upgraded through the gate");

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ReceivedMessage?> ReceiveAsync()
    {
        if (_buffer.Length > FirstBufferBytes * 16)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = ArrayPool<byte>.Shared.Rent(FirstBufferBytes);
        }

        var length = 0;
        while (true)
        {
            var received = await ReceiveAsync(_buffer.AsMemory(length));
            if (received.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            length += received.Count;
            if (length > maxMessageBytes)
            {
                _refusal = ChannelEnd.TooLarge(maxMessageBytes);
                return null;
            }

            if (received.EndOfMessage)
            {
                return new ReceivedMessage(_buffer.AsMemory(0, length));
            }

            if (length == _buffer.Length)
            {
                var larger = ArrayPool<byte>.Shared.Rent(Math.Min(_buffer.Length * 2, maxMessageBytes + 1));
                _buffer.AsSpan(0, length).CopyTo(larger);
                ArrayPool<byte>.Shared.Return(_buffer);
                _buffer = larger;
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask PingAsync() => gate.PingAsync();

    /// <inheritdoc/>
    public async Task EndAsync(ChannelEnd? ours, Task receiving)
    {
        try
        {
            if (Socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                var end = ours ?? _refusal ?? ChannelEnd.Normal;
                await Socket.CloseOutputAsync(end.Status, end.Reason, CancellationToken.None).WaitAsync(CloseTimeout);
            }

            if (!receiving.IsCompleted)
            {
                await receiving.WaitAsync(ReplyTimeout);
            }
            else if (Socket.State is not WebSocketState.Closed)
            {
                await DiscardAsync();
            }
        }
        catch (WebSocketException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    /// <inheritdoc/>
    public void Abort() => abort();

    /// <summary>Gives the buffer back; nobody may receive any more. The socket is the HTTP server's.</summary>
    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    private async ValueTask<ValueWebSocketReceiveResult> ReceiveAsync(Memory<byte> buffer)
    {
        try
        {
            return await Socket.ReceiveAsync(buffer, CancellationToken.None);
        }
        catch (WebSocketException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    /// <summary>Reads, for a moment, what the client had sent before it learned the end: unread bytes would make the kernel reset the connection.</summary>
    private async Task DiscardAsync()
    {
        using var enough = new CancellationTokenSource(ReplyTimeout);
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBufferBytes);
        try
        {
            while (await gate.ReadAsync(buffer, enough.Token) > 0)
            {
                // Nobody is interested.
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
