// The opening handshake of RFC 6455, by hand over a socket.
//
// ClientWebSocket would do it through HttpClient. That costs a command-line program more than half of its time (connection pool, HTTP parser, diagnostics are
// loaded and compiled for one request), follows proxies of the environment to what is a local socket most of the time, and hides the body of a refusal, which
// says why. What is left to do is one request and one answer; frames are the framework's business again.

using System.Buffers;
using System.Globalization;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Overseer.Protocols.Classic;

namespace Overseer.Client;

/// <summary>Opens connections to a server.</summary>
internal static class WebSocketHandshake
{
    private const int MaxAnswerBytes = 16 * 1024;
    private const int MaxReasonBytes = 1024;
    private const string Magic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; // RFC 6455, 1.3

    internal static async Task<WebSocket> OpenAsync(OverseerEndpoint endpoint, OverseerClientOptions options, CancellationToken cancellation)
    {
        Stream stream = await OpenStreamAsync(endpoint, options, ProtocolProfile.CurrentSubprotocol, cancellation);
        return WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = false, KeepAliveInterval = TimeSpan.Zero });
    }

    /// <summary>Opens a connection and leaves its frames to the caller.</summary>
    /// <param name="endpoint">The server.</param>
    /// <param name="options">Token and authorities.</param>
    /// <param name="subprotocol">What is to be spoken; null to name nothing.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="OverseerUnreachableException">There is no server, or it refuses.</exception>
    internal static async Task<Stream> OpenStreamAsync(OverseerEndpoint endpoint, OverseerClientOptions options, string? subprotocol, CancellationToken cancellation)
    {
        Stream? stream = null;
        try
        {
            stream = await ConnectAsync(endpoint, options.CaFile, cancellation);
            await UpgradeAsync(stream, endpoint, options.Token, subprotocol, cancellation);
            Stream upgraded = stream;
            stream = null;
            return upgraded;
        }
        catch (SocketException failure)
        {
            throw Unreachable(endpoint, failure);
        }
        catch (IOException failure)
        {
            throw new OverseerUnreachableException(endpoint, $"{endpoint} closed the connection before it was a WebSocket: {failure.Message}", false, failure);
        }
        finally
        {
            if (stream is not null)
                await stream.DisposeAsync();
        }
    }

    private static OverseerUnreachableException Unreachable(OverseerEndpoint endpoint, SocketException failure)
    {
        // A missing socket file is reported as AddressNotAvailable by .NET (ENOENT), a file without listener as ConnectionRefused.
        bool nobody = failure.SocketErrorCode is SocketError.ConnectionRefused or SocketError.AddressNotAvailable;
        string message = failure.SocketErrorCode switch
        {
            _ when nobody => $"no server is running at {endpoint}",
            SocketError.AccessDenied => $"{endpoint} may not be opened by this user (permission denied)",
            SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => $"the host of {endpoint} is not known",
            _ => $"{endpoint} cannot be reached: {failure.Message}",
        };
        return new OverseerUnreachableException(endpoint, message, nobody, failure);
    }

    private static async Task<Stream> ConnectAsync(OverseerEndpoint endpoint, string? caFile, CancellationToken cancellation)
    {
        Socket socket = endpoint.SocketPath is null
            ? new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }
            : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            if (endpoint.SocketPath is { } path)
                await socket.ConnectAsync(SocketAddressOf(endpoint, path), cancellation);
            else
                await socket.ConnectAsync(endpoint.Uri.IdnHost, endpoint.Uri.Port, cancellation);
            var stream = new NetworkStream(socket, ownsSocket: true);
            return endpoint.Uri.Scheme is "wss" ? await TlsHandshake.EncryptAsync(stream, endpoint, caFile, cancellation) : stream;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static UnixDomainSocketEndPoint SocketAddressOf(OverseerEndpoint endpoint, string path)
    {
        try
        {
            return new UnixDomainSocketEndPoint(path);
        }
        catch (ArgumentOutOfRangeException failure)
        {
            throw new OverseerUnreachableException(endpoint, $"the path of {endpoint} is too long for a socket (107 bytes at most)", false, failure);
        }
    }

    private static async Task UpgradeAsync(Stream stream, OverseerEndpoint endpoint, string? token, string? subprotocol, CancellationToken cancellation)
    {
        string key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        string request = RequestOf(endpoint, key, token, subprotocol);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), cancellation);
        string[] lines = await ReadHeadAsync(stream, endpoint, cancellation);
        string status = lines[0];
        if (!status.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) || status.Length < 12)
            throw NotAServer(endpoint);
        if (status.AsSpan(9, 3) is not "101")
        {
            throw new OverseerUnreachableException(endpoint, $"{endpoint} refused the connection: {await ReasonAsync(stream, lines, cancellation)}", false)
            {
                Status = int.TryParse(status.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out int code) ? code : null,
            };
        }
        if (!string.Equals(Header(lines, "Sec-WebSocket-Accept"), AcceptOf(key), StringComparison.Ordinal))
            throw NotAServer(endpoint);
    }

    /// <summary>The head of the request to upgrade.</summary>
    internal static string RequestOf(OverseerEndpoint endpoint, string key, string? token, string? subprotocol = ProtocolProfile.CurrentSubprotocol)
        => $"GET {endpoint.Uri.PathAndQuery} HTTP/1.1\r\nHost: {endpoint.Uri.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + $"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n{(subprotocol is null ? "" : $"Sec-WebSocket-Protocol: {subprotocol}\r\n")}{(token is null ? "" : $"Authorization: Bearer {token}\r\n")}\r\n";

    private static OverseerUnreachableException NotAServer(OverseerEndpoint endpoint)
        => new(endpoint, $"what answers at {endpoint} is no Overseer server", false);

    // RFC 6455 asks for exactly this; it is no secret and proves only that the other side speaks WebSocket.
#pragma warning disable CA5350
    private static string AcceptOf(string key) => Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + Magic)));
#pragma warning restore CA5350

    private static string? Header(string[] lines, string name)
    {
        foreach (string line in lines.AsSpan(1))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon == name.Length && line.StartsWith(name, StringComparison.OrdinalIgnoreCase))
                return line[(colon + 1)..].Trim();
        }
        return null;
    }

    /// <summary>Reads up to the empty line, byte by byte at its end so that nothing of the first frame is swallowed.</summary>
    private static async Task<string[]> ReadHeadAsync(Stream stream, OverseerEndpoint endpoint, CancellationToken cancellation)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(MaxAnswerBytes);
        try
        {
            int length = 0;
            while (length < MaxAnswerBytes)
            {
                // A head ends with CR LF CR LF: as many bytes as are still missing for that can be read at once, never one too many.
                int missing = MissingOfEnd(buffer.AsSpan(0, length));
                if (missing == 0)
                    return Encoding.Latin1.GetString(buffer, 0, length).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
                int count = await stream.ReadAsync(buffer.AsMemory(length, missing), cancellation);
                if (count == 0)
                    throw NotAServer(endpoint);
                length += count;
            }
            throw NotAServer(endpoint);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static int MissingOfEnd(ReadOnlySpan<byte> head)
    {
        ReadOnlySpan<byte> end = "\r\n\r\n"u8;
        for (int have = Math.Min(end.Length, head.Length); have > 0; have--)
        {
            if (head.EndsWith(end[..have]))
                return end.Length - have;
        }
        return end.Length;
    }

    /// <summary>What the server says beyond the status: its body where that is a short text.</summary>
    private static async Task<string> ReasonAsync(Stream stream, string[] lines, CancellationToken cancellation)
    {
        string status = lines[0][9..];
        if (!int.TryParse(Header(lines, "Content-Length"), NumberStyles.None, CultureInfo.InvariantCulture, out int length) || length is 0 or > MaxReasonBytes)
            return status;
        byte[] body = new byte[length];
        int count = await stream.ReadAtLeastAsync(body, length, throwOnEndOfStream: false, cancellation);
        string text = Encoding.UTF8.GetString(body, 0, count).Trim();
        return text.Length == 0 || text.Any(char.IsControl) ? status : $"{status} ({text})";
    }
}
