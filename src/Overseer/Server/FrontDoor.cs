using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebSockets;
using Microsoft.Extensions.Logging;
using Overseer.Server.Trust;

namespace Overseer.Server;

/// <summary>
/// What an HTTP request meets: the trust checks, then `/healthz`, the documents about the protocol, and `/ws`. Peers on a UNIX socket were checked by the file system and
/// skip the address check.
/// </summary>
internal sealed class FrontDoor(ServerContext context, AccessRules rules, Func<HealthReport> health)
{
    private volatile AccessRules _rules = rules;
    private readonly List<V2Connection> _open = [];
    private readonly Lock _gate = new();
    private bool _closed;

    /// <summary>The connections that are open.</summary>
    public IReadOnlyList<V2Connection> Connections
    {
        get
        {
            lock (_gate)
            {
                return [.. _open];
            }
        }
    }

    /// <summary>Lets our gate into the upgrade; runs before the framework's WebSocket middleware.</summary>
    public Task PrepareUpgradeAsync(HttpContext http, RequestDelegate next)
    {
        if (http.Features.Get<IHttpUpgradeFeature>() is { } upgrade)
        {
            http.Features.Set<IHttpUpgradeFeature>(new GatedUpgrade(upgrade, context.Clock));
        }

        return next(http);
    }

    /// <summary>Answers one request.</summary>
    public Task HandleAsync(HttpContext http)
    {
        var peer = PeerName(http);
        if (Refusal(http) is { } reason)
        {
            ServerLog.Refused(context.Log, peer, reason);
            return TextAsync(http, StatusCodes.Status403Forbidden, "forbidden");
        }

        return http.Request.Path.Value switch
        {
            "/ws" => WebSocketAsync(http, peer),
            "/ws/manifest" => DocumentAsync(http, context.Documents.Manifest),
            "/openapi.json" => DocumentAsync(http, context.Documents.OpenApi),
            "/healthz" => HealthAsync(http),
            "/metrics" => context.Metrics.Page.AnswerAsync(http),
            _ => TextAsync(http, StatusCodes.Status404NotFound, "not found; the WebSocket is at /ws"),
        };
    }

    /// <summary>Decides by other rules from now on.</summary>
    public void Replace(AccessRules rules) => _rules = rules;

    /// <summary>Refuses new connections and ends the open ones.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            _open.ForEach(connection => connection.Close());
        }
    }

    private static string PeerName(HttpContext http) =>
        http.Connection.RemoteIpAddress is { } address ? $"{address}:{http.Connection.RemotePort}" : "a peer on a UNIX socket";

    private static Task TextAsync(HttpContext http, int status, string text)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/plain; charset=utf-8";
        return http.Response.WriteAsync(text);
    }

    private static async Task DocumentAsync(HttpContext http, ReadOnlyMemory<byte> json)
    {
        if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method))
        {
            http.Response.Headers.Allow = "GET, HEAD";
            await TextAsync(http, StatusCodes.Status405MethodNotAllowed, "this document can only be read; use GET");
            return;
        }

        http.Response.ContentType = "application/json";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.ContentLength = json.Length;
        if (HttpMethods.IsGet(http.Request.Method))
        {
            await http.Response.Body.WriteAsync(json, http.RequestAborted);
        }
    }

    private string? Refusal(HttpContext http)
    {
        var rules = _rules;
        if (http.Connection.RemoteIpAddress is { } address && rules.Peers.Check(address) is TrustVerdict.Refused byAddress)
        {
            return byAddress.Reason;
        }

        return rules.Origins.Check(OriginRequest.From(http.Request, hasValidToken: false)) is TrustVerdict.Refused byOrigin ? byOrigin.Reason : null;
    }

    private Task HealthAsync(HttpContext http)
    {
        var report = health();
        http.Response.StatusCode = report.Healthy ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(report.ToJson());
    }

    private async Task WebSocketAsync(HttpContext http, string peer)
    {
        if (!http.WebSockets.IsWebSocketRequest)
        {
            await TextAsync(http, StatusCodes.Status400BadRequest, "this address speaks WebSocket; connect with a WebSocket client");
            return;
        }

        if (context.Requesters.Count >= context.Limits.MaxConnections)
        {
            await TextAsync(http, StatusCodes.Status503ServiceUnavailable, $"too many connections (limits.max_connections is {context.Limits.MaxConnections})");
            return;
        }

        // Never disposed of: that resets the connection, and the last words with it. It holds nothing but memory.
        var socket = await http.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext { KeepAliveInterval = TimeSpan.Zero });
        var gate = ((GatedUpgrade)http.Features.GetRequiredFeature<IHttpUpgradeFeature>()).Gate
            ?? throw new InvalidOperationException("the WebSocket was not upgraded through the gate");
        var number = context.Requesters.NextNumber();
        var caller = new Caller { Name = peer, Address = http.Connection.RemoteIpAddress, Grant = Grant.Everything };
        using var connection = new V2Connection(number, caller, socket, gate, http.Abort, context);
        ServerLog.Connected(context.Log, number, caller.Name);
        Enter(connection);
        try
        {
            await connection.RunAsync();
        }
        finally
        {
            Leave(connection);
        }
    }

    private void Enter(V2Connection connection)
    {
        context.Requesters.Add(connection.Number, connection);
        lock (_gate)
        {
            _open.Add(connection);
            if (_closed)
            {
                connection.Close();
            }
        }
    }

    private void Leave(V2Connection connection)
    {
        context.Requesters.Remove(connection.Number);
        lock (_gate)
        {
            _open.Remove(connection);
        }
    }
}
