using System.Buffers;
using System.Net.WebSockets;
using System.Text;
using Overseer.Protocols.V2;

namespace Overseer.Client;

/// <summary>One WebSocket: whole messages out, whole messages in. Sending is thread-safe; one reader.</summary>
internal sealed class Connection(WebSocket socket, int maxMessageBytes) : IDisposable
{
    private const int FirstReceiveBytes = 64 * 1024;

    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly ArrayBufferWriter<byte> _outgoing = new(256);
    private byte[] _incoming = new byte[FirstReceiveBytes];

    /// <summary>Sends one message. Not cancelled midway: half a frame would spoil the connection for everybody.</summary>
    internal async Task SendAsync(ClientMessage message)
    {
        await _sending.WaitAsync();
        try
        {
            _outgoing.ResetWrittenCount();
            ClientMessageWriter.Write(_outgoing, message);
            await socket.SendAsync(_outgoing.WrittenMemory, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        }
        catch (Exception failure) when (failure is WebSocketException or IOException or ObjectDisposedException or InvalidOperationException or OperationCanceledException)
        {
            // The last one is how the framework says that the connection was aborted: nobody cancels here.
            throw new OverseerConnectionLostException("the connection to the server is gone", failure);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>The next message; valid until the following call. Null when the connection has ended, with the reason.</summary>
    internal async ValueTask<(ReadOnlyMemory<byte>? Message, string? EndReason)> ReceiveAsync(CancellationToken cancellation)
    {
        int length = 0;
        while (true)
        {
            if (length == _incoming.Length && !Grow())
                return (null, $"the server sent a message above {maxMessageBytes} bytes");
            ValueWebSocketReceiveResult result;
            try
            {
                result = await socket.ReceiveAsync(_incoming.AsMemory(length), cancellation);
            }
            catch (Exception failure) when (failure is WebSocketException or IOException or ObjectDisposedException)
            {
                return (null, "the connection to the server broke");
            }
            if (result.MessageType == WebSocketMessageType.Close)
                return (null, CloseReason());
            length += result.Count;
            if (result.EndOfMessage)
                return (_incoming.AsMemory(0, length), null);
        }
    }

    /// <summary>Says goodbye as far as that is possible without waiting for the other side.</summary>
    internal async Task CloseAsync(TimeSpan patience, TimeProvider clock)
    {
        if (socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived))
            return;
        using var deadline = new CancellationTokenSource(patience, clock);
        try
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, deadline.Token);
        }
        catch (Exception failure) when (failure is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // it is going away anyhow
        }
    }

    public void Dispose() => socket.Dispose();

    private bool Grow()
    {
        if (_incoming.Length >= maxMessageBytes)
            return false;
        Array.Resize(ref _incoming, (int)Math.Min((long)_incoming.Length * 2, maxMessageBytes));
        return true;
    }

    private string CloseReason()
    {
        var text = new StringBuilder("the server closed the connection");
        if (socket.CloseStatus is { } status)
            text.Append(" (").Append((int)status).Append(string.IsNullOrEmpty(socket.CloseStatusDescription) ? "" : ": " + socket.CloseStatusDescription).Append(')');
        return text.ToString();
    }
}
