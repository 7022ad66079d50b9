using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebSockets;
using Microsoft.Extensions.Logging;
using Overseer.Server.Channels;
using Overseer.Server.Http;
using Overseer.Server.Limits;
using Overseer.Server.Trust;

namespace Overseer.Server;

/// <summary>
/// What an HTTP request meets: room, the trust checks, then the pages or `/ws`. Peers on a UNIX socket were checked by the file system and skip the address check.
/// </summary>
internal sealed class FrontDoor(ServerContext context, Func<HealthReport> health)
{
    private readonly HttpPages _pages = new(context, health);
    private readonly QuietLog _ignored = new(context.Clock);

    /// <summary>The connections that are open.</summary>
    public OpenConnections Connections { get; } = new(context.Requesters);

    /// <summary>Bounds the connections of the listeners.</summary>
    public ConnectionLimiter Limiter { get; } = new(context.Limits, address => context.Access.Rules.Proxies.Include(address), context.Clock, context.Log);

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
        if (ConnectionLimiter.RefusalOf(http) is { } full)
        {
            await http.BusyAsync(full);
            return;
        }

        var path = http.Request.Path.Value;
        var forPages = HttpPages.Has(path) && CrossOrigin.Mark(http, context.Access.Rules.Origins);
        if (await context.Access.AdmitAsync(http) is not var (visitor, caller))
        {
            return;
        }

        if (visitor.Source.IsIgnored && _ignored.TryTake(out var unsaid))
        {
            ServerLog.ForwardingIgnored(context.Log, visitor.Name, unsaid);
        }

        if (forPages && CrossOrigin.Answer(http))
        {
            return;
        }

        if (path != "/healthz" && !await context.Access.MayReadAsync(http, caller, everything: path == "/metrics"))
        {
            return;
        }

        await (path == "/ws" ? WebSocketAsync(http, visitor, caller) : _pages.AnswerAsync(http, caller));
    }

    /// <summary>Decides by other rules from now on. Connections that these would not let in, or would allow less, are closed.</summary>
    public void Replace(AccessRules rules)
    {
        context.Access.Replace(rules);
        foreach (var connection in Connections.All)
        {
            Recheck(connection);
        }
    }

    /// <summary>Refuses new connections and ends the open ones.</summary>
    public void Close() => Connections.Close();

    private void Recheck(V2Connection connection)
    {
        if (context.Access.ReasonToLeave(connection.Visitor, connection.Caller) is { } reason)
        {
            connection.Close(ChannelEnd.NotAllowed(reason));
        }
    }

    private async Task WebSocketAsync(HttpContext http, Visitor visitor, Caller caller)
    {
        if (!http.WebSockets.IsWebSocketRequest)
        {
            await http.TextAsync(StatusCodes.Status400BadRequest, "this address speaks WebSocket; connect with a WebSocket client");
            return;
        }

        using var seat = SeatOf(visitor, out var refusal);
        if (refusal is not null)
        {
            await http.BusyAsync(refusal);
            return;
        }

        // Never disposed of: that resets the connection, and the last words with it. It holds nothing but memory.
        var socket = await http.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext { KeepAliveInterval = TimeSpan.Zero });
        var gate = ((GatedUpgrade)http.Features.GetRequiredFeature<IHttpUpgradeFeature>()).Gate
            ?? throw new InvalidOperationException("the WebSocket was not upgraded through the gate");
        var number = context.Requesters.NextNumber();
        using var channel = new WebSocketChannel(socket, gate, http.Abort, context.Limits.MaxMessageBytes);
        using var connection = new V2Connection(number, visitor, caller, channel, context);
        ServerLog.Connected(context.Log, number, caller.Name);
        try
        {
            // Once it is entered: the rules may have changed between the request and now.
            await Connections.ServeAsync(connection, entered: Recheck);
        }
        finally
        {
            ConnectionLimiter.Leave(http);
        }
    }

    /// <summary>A place for a client that a proxy brought; others have theirs since they connected.</summary>
    private IDisposable? SeatOf(Visitor visitor, out string? refusal)
    {
        refusal = null;
        if (visitor.Source is not { IsNamed: true, Address: { } client })
        {
            return null;
        }

        var seat = Limiter.TryEnter(client, out var full);
        refusal = seat is null ? full : null;
        return seat;
    }
}
