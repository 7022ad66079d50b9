using System.Net;
using System.Net.Sockets;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Trust;

/// <summary>What a request meets at a server's door.</summary>
/// <param name="Status">The status of the answer.</param>
/// <param name="Body">Its body; empty when the connection was upgraded.</param>
/// <param name="Headers">All its headers as text.</param>
internal sealed record Knock(int Status, string Body, string Headers)
{
    /// <summary>Asks for a page, or to be upgraded where the path is that of the WebSocket.</summary>
    public static async Task<Knock> AtAsync(EndPoint endPoint, string path, params (string Name, string Value)[] headers)
    {
        using var http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            ConnectCallback = async (_, cancel) =>
            {
                var socket = endPoint is UnixDomainSocketEndPoint
                    ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
                    : new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(endPoint, cancel);
                return new NetworkStream(socket, ownsSocket: true);
            },
        })
        { Timeout = WireClient.Deadline };
        var host = endPoint is IPEndPoint tcp ? tcp.ToString() : "localhost";
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{host}{path}");
        if (path.Split('?')[0] == "/ws")
        {
            request.Headers.Add("Connection", "Upgrade");
            request.Headers.Add("Upgrade", "websocket");
            request.Headers.Add("Sec-WebSocket-Version", "13");
            request.Headers.Add("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var body = answer.StatusCode == HttpStatusCode.SwitchingProtocols ? "" : await answer.Content.ReadAsStringAsync();
        return new Knock((int)answer.StatusCode, body, answer.Headers + answer.Content.Headers.ToString());
    }
}
