using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebSockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Transports;

/// <summary>A client whose request comes to the door of a server without an HTTP server between, so that a test can do something at the moment at which its upgrade is answered.</summary>
internal sealed class WatchedUpgrade : IHttpUpgradeFeature, IConnectionItemsFeature, IAsyncDisposable
{
    private readonly Socket _client = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly Socket _served;
    private readonly Func<Task> _answering;

    /// <summary>Asks for a WebSocket.</summary>
    /// <param name="server">Whom.</param>
    /// <param name="query">What it asks for, with the question mark.</param>
    /// <param name="answering">Runs while the upgrade is answered: when it is done, the client knows that it is connected.</param>
    public WatchedUpgrade(RunningServer server, string query, Func<Task> answering)
    {
        _answering = answering;
        using (var listener = new Socket(SocketType.Stream, ProtocolType.Tcp))
        {
            listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            listener.Listen();
            _client.Connect(listener.LocalEndPoint!);
            _served = listener.Accept();
        }

        Socket = WebSocket.CreateFromStream(new NetworkStream(_client, ownsSocket: true), new WebSocketCreationOptions());
        Served = ServeAsync(server.Server.Door, query);
    }

    /// <summary>The client's end.</summary>
    public WebSocket Socket { get; }

    /// <summary>Completes when the server has nothing more to do with it.</summary>
    public Task Served { get; }

    public bool IsUpgradableRequest => true;

    public IDictionary<object, object?> Items { get; set; } = new Dictionary<object, object?>();

    public async Task<Stream> UpgradeAsync()
    {
        await _answering();
        return new NetworkStream(_served, ownsSocket: true);
    }

    public async ValueTask DisposeAsync()
    {
        Socket.Dispose();
        _served.Dispose();
        // How it ended is the test's business.
        await Task.WhenAny(Served).WaitAsync(WireClient.Deadline);
    }

    private async Task ServeAsync(FrontDoor door, string query)
    {
        var http = new DefaultHttpContext();
        http.Features.Set<IHttpUpgradeFeature>(this);
        http.Features.Set<IConnectionItemsFeature>(this);
        (http.Connection.RemoteIpAddress, http.Connection.RemotePort) = (IPAddress.Loopback, ((IPEndPoint)_client.LocalEndPoint!).Port);
        (http.Request.Method, http.Request.Scheme, http.Request.Host, http.Request.Protocol) = ("GET", "http", new HostString("localhost"), "HTTP/1.1");
        (http.Request.Path, http.Request.QueryString) = ("/ws", new QueryString(query));
        http.Request.Headers.Connection = "Upgrade";
        http.Request.Headers.Upgrade = "websocket";
        http.Request.Headers.SecWebSocketVersion = "13";
        http.Request.Headers.SecWebSocketKey = "dGhlIHNhbXBsZSBub25jZQ==";
        var middleware = new WebSocketMiddleware(door.HandleAsync, Options.Create(new WebSocketOptions { KeepAliveInterval = TimeSpan.Zero }), NullLoggerFactory.Instance);
        await door.PrepareUpgradeAsync(http, middleware.Invoke);
    }
}
