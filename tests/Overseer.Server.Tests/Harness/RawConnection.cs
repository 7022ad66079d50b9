using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Overseer.Server.Tests.Harness;

/// <summary>A WebSocket connection whose frames are written by hand, right or wrong.</summary>
internal sealed class RawConnection : IAsyncDisposable
{
    public const byte Continuation = 0;
    public const byte Text = 1;
    public const byte Binary = 2;
    public const byte Close = 8;
    public const byte Ping = 9;
    public const byte Pong = 10;

    private readonly NetworkStream _stream;
    private readonly byte[] _header = new byte[8];

    private RawConnection(NetworkStream stream) => _stream = stream;

    /// <summary>Connects and upgrades.</summary>
    public static async Task<RawConnection> OpenAsync(EndPoint endPoint)
    {
        var (status, connection) = await RequestAsync(endPoint, "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        Assert.Equal(101, status);
        return connection;
    }

    /// <summary>Sends a request head as it is written; gives the status of the answer, whose head has been read, and the connection.</summary>
    public static async Task<(int Status, RawConnection Connection)> RequestAsync(EndPoint endPoint, string head)
    {
        var socket = endPoint is UnixDomainSocketEndPoint
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(endPoint);
        var connection = new RawConnection(new NetworkStream(socket, ownsSocket: true));
        await connection.SendBytesAsync(Encoding.ASCII.GetBytes(head));
        var answer = await connection.ReadHeadAsync();
        return (int.Parse(answer.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture), connection);
    }

    /// <summary>The bytes of a frame.</summary>
    public static byte[] Frame(byte opcode, ReadOnlySpan<byte> payload, bool last = true, bool masked = true, int reserved = 0, long? length = null)
    {
        var claimed = length ?? payload.Length;
        using var frame = new MemoryStream();
        frame.WriteByte((byte)((last ? 0x80 : 0) | reserved | opcode));
        var mask = masked ? 0x80 : 0;
        Span<byte> extended = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(extended, claimed);
        if (claimed is >= 0 and < 126)
        {
            frame.WriteByte((byte)(mask | (int)claimed));
        }
        else if (claimed is >= 0 and <= ushort.MaxValue)
        {
            frame.WriteByte((byte)(mask | 126));
            frame.Write(extended[6..]);
        }
        else
        {
            frame.WriteByte((byte)(mask | 127));
            frame.Write(extended);
        }

        if (!masked)
        {
            frame.Write(payload);
            return frame.ToArray();
        }

        ReadOnlySpan<byte> key = [0x1f, 0x2e, 0x3d, 0x4c];
        frame.Write(key);
        for (var i = 0; i < payload.Length; i++)
        {
            frame.WriteByte((byte)(payload[i] ^ key[i % 4]));
        }

        return frame.ToArray();
    }

    /// <summary>The bytes of a text frame.</summary>
    public static byte[] TextFrame(string text) => Frame(Text, Encoding.UTF8.GetBytes(text));

    /// <summary>Sends bytes as they are.</summary>
    public async Task SendBytesAsync(ReadOnlyMemory<byte> bytes)
    {
        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        await _stream.WriteAsync(bytes, deadline.Token);
    }

    /// <summary>Sends a text message.</summary>
    public Task SendAsync(string text) => SendBytesAsync(TextFrame(text));

    /// <summary>The next frame; null when the server has closed or reset the connection.</summary>
    public async Task<(byte Opcode, byte[] Payload)?> ReadFrameAsync()
    {
        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        try
        {
            await _stream.ReadExactlyAsync(_header.AsMemory(0, 2), deadline.Token);
            var opcode = (byte)(_header[0] & 0x0f);
            long length = _header[1] & 0x7f;
            if (length == 126)
            {
                await _stream.ReadExactlyAsync(_header.AsMemory(0, 2), deadline.Token);
                length = BinaryPrimitives.ReadUInt16BigEndian(_header);
            }
            else if (length == 127)
            {
                await _stream.ReadExactlyAsync(_header.AsMemory(0, 8), deadline.Token);
                length = BinaryPrimitives.ReadInt64BigEndian(_header);
            }

            var payload = new byte[length];
            await _stream.ReadExactlyAsync(payload, deadline.Token);
            return (opcode, payload);
        }
        catch (Exception e) when (e is EndOfStreamException or IOException)
        {
            return null;
        }
    }

    /// <summary>The next message, which must be text.</summary>
    public async Task<WireMessage> ReadMessageAsync()
    {
        var frame = await ReadFrameAsync() ?? throw new EndOfStreamException("the server closed the connection without a word");
        Assert.True(frame.Opcode == Text, $"expected a text frame, got opcode {frame.Opcode}: {Convert.ToHexString(frame.Payload)}");
        using var document = JsonDocument.Parse(frame.Payload);
        return new WireMessage(document.RootElement.Clone());
    }

    /// <summary>Ends our sending direction; the other stays open.</summary>
    public void HalfClose() => _stream.Socket.Shutdown(SocketShutdown.Send);

    /// <summary>Drops the connection with a reset.</summary>
    public void Reset() => _stream.Socket.Close(0);

    /// <summary>Everything until the server closes, as text.</summary>
    public async Task<string> ReadBodyAsync()
    {
        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        using var reader = new StreamReader(_stream, Encoding.UTF8, leaveOpen: true);
        return await reader.ReadToEndAsync(deadline.Token);
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private async Task<string> ReadHeadAsync()
    {
        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        var head = new List<byte>();
        var one = new byte[1];
        while (head.Count < 4 || !(head[^4] == '\r' && head[^3] == '\n' && head[^2] == '\r' && head[^1] == '\n'))
        {
            await _stream.ReadExactlyAsync(one, deadline.Token);
            head.Add(one[0]);
        }

        return Encoding.ASCII.GetString([.. head]);
    }
}
