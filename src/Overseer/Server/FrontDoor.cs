using System.Net.WebSockets;
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
internal sealed class FrontDoor(ServerContext context, Func<HealthReport> health)
{
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
    public async Task HandleAsync(HttpContext http)
    {
        if (await context.Access.AdmitAsync(http) is not var (visitor, caller))
        {
            return;
        }

        var path = http.Request.Path.Value;
        if (path == "/healthz")
        {
            await HealthAsync(http, caller);
            return;
        }

        if (!await context.Access.MayReadAsync(http, caller, everything: path == "/metrics"))
        {
            return;
        }

        await (path switch
        {
            "/ws" => WebSocketAsync(http, visitor, caller),
            "/ws/manifest" => DocumentAsync(http, context.DocumentsFor(caller.Grant).Manifest),
            "/openapi.json" => DocumentAsync(http, context.DocumentsFor(caller.Grant).OpenApi),
            "/metrics" => context.Metrics.Page.AnswerAsync(http),
            _ => TextAsync(http, StatusCodes.Status404NotFound, "not found; the WebSocket is at /ws"),
        });
    }

    /// <summary>Decides by other rules from now on. Connections that these would not let in, or would allow less, are closed.</summary>
    public void Replace(AccessRules rules)
    {
        context.Access.Replace(rules);
        foreach (var connection in Connections)
        {
            if (context.Access.ReasonToLeave(connection.Visitor, connection.Caller) is { } reason)
            {
                connection.Close(WebSocketCloseStatus.PolicyViolation, reason);
            }
        }
    }

    /// <summary>Refuses new connections and ends the open ones.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            _open.ForEach(connection => connection.Close());
        }
    }

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

    private Task HealthAsync(HttpContext http, Caller caller)
    {
        var report = health();
        http.Response.StatusCode = report.Healthy ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(caller.Grant is { Scope: > Scope.None, IsLimited: false } ? report.ToJson() : report.ToShortJson());
    }

    private async Task WebSocketAsync(HttpContext http, Visitor visitor, Caller caller)
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
        using var connection = new V2Connection(number, visitor, caller, socket, gate, http.Abort, context);
        ServerLog.Connected(context.Log, number, caller.Name);
        Enter(connection);
        if (context.Access.ReasonToLeave(visitor, caller) is { } reason)
        {
            // The rules have changed between the request and now.
            connection.Close(WebSocketCloseStatus.PolicyViolation, reason);
        }

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
