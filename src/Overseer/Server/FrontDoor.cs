using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebSockets;
using Microsoft.Extensions.Logging;
using Overseer.Server.Channels;
using Overseer.Server.Http;
using Overseer.Server.Limits;
using Overseer.Server.Proxies;
using Overseer.Server.Trust;

namespace Overseer.Server;

/// <summary>
/// What an HTTP request meets: room, the trust checks, then the pages or `/ws`. Peers on a UNIX socket were checked by the file system and skip the address check.
/// </summary>
internal sealed class FrontDoor
{
    private readonly ServerContext _context;
    private readonly HttpPages _pages;
    private readonly QuietLog _ignored;

    /// <summary>Opens the door.</summary>
    public FrontDoor(ServerContext context, Func<HealthReport> health)
    {
        _context = context;
        _pages = new HttpPages(context, health);
        _ignored = new QuietLog(context.Clock);
        Connections = new OpenConnections(context.Requesters);
        Limiter = new ConnectionLimiter(() => context.Limits, address => context.Access.Rules.Proxies.Include(address), context.Clock, context.Log);
    }

    /// <summary>The connections that are open.</summary>
    public OpenConnections Connections { get; }

    /// <summary>Bounds the connections of the listeners.</summary>
    public ConnectionLimiter Limiter { get; }

    /// <summary>Lets our gate into the upgrade; runs before the framework's WebSocket middleware.</summary>
    public Task PrepareUpgradeAsync(HttpContext http, RequestDelegate next)
    {
        if (http.Features.Get<IHttpUpgradeFeature>() is { } upgrade)
        {
            http.Features.Set<IHttpUpgradeFeature>(new GatedUpgrade(upgrade, _context.Clock));
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

        var rules = _context.Access.Rules;
        var source = RequestSource.Of(http, rules.Proxies);
        if (source.IsIgnored && _ignored.TryTake(out var unsaid))
        {
            ServerLog.ForwardingIgnored(_context.Log, source.Name, unsaid);
        }

        var path = http.Request.Path.Value;
        var mayRead = HttpPages.Has(path) && CrossOrigin.Mark(http, rules.Origins);
        if (await _context.Access.AdmitAsync(http, source) is not var (visitor, caller))
        {
            return;
        }

        if (mayRead && CrossOrigin.Answer(http))
        {
            return;
        }

        if (path != HttpPages.Health && !await _context.Access.MayReadAsync(http, caller, everything: path == HttpPages.Metrics))
        {
            return;
        }

        await (path == "/ws" ? WebSocketAsync(http, visitor, caller) : _pages.AnswerAsync(http, caller));
    }

    /// <summary>Decides by other rules from now on. Connections that these would not let in, or would allow less, are closed.</summary>
    public void Replace(AccessRules rules)
    {
        _context.Access.Replace(rules);
        foreach (var connection in Connections.All)
        {
            CloseUnlessAllowed(connection);
        }
    }

    /// <summary>Refuses new connections and ends the open ones.</summary>
    public void Close() => Connections.Close();

    private void CloseUnlessAllowed(V2Connection connection)
    {
        if (_context.Access.ReasonToLeave(connection.Visitor, connection.Caller) is { } reason)
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

        using var seat = SeatOf(visitor.Source, out var refusal);
        if (refusal is not null)
        {
            await http.BusyAsync(refusal);
            return;
        }

        var choice = ProfileChoice.Of(http.WebSockets.WebSocketRequestedProtocols, http.Request.Query["protocol"], _context.Protocol);
        if (choice.Problem is { } problem)
        {
            await http.TextAsync(StatusCodes.Status400BadRequest, problem);
            return;
        }

        // Never disposed of: that resets the connection, and the last words with it. It holds nothing but memory.
        var socket = await http.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext { KeepAliveInterval = TimeSpan.Zero, SubProtocol = choice.Subprotocol });
        var gate = ((GatedUpgrade)http.Features.GetRequiredFeature<IHttpUpgradeFeature>()).Gate
            ?? throw new InvalidOperationException("the WebSocket was not upgraded through the gate");
        var number = _context.Requesters.NextNumber();
        using var channel = new WebSocketChannel(socket, gate, http.Abort, _context.Limits.MaxMessageBytes);
        using var connection = new V2Connection(number, visitor, caller, choice.Profile, channel, _context);
        ServerLog.Connected(_context.Log, number, caller.Name);
        try
        {
            var served = Connections.ServeAsync(connection);
            // The rules may have changed between the request and now.
            CloseUnlessAllowed(connection);
            await served;
        }
        finally
        {
            ConnectionLimiter.Leave(http);
        }
    }

    /// <summary>A place for a client that a proxy brought; others have theirs since they connected.</summary>
    private IDisposable? SeatOf(RequestSource source, out string? refusal)
    {
        refusal = null;
        if (source is not { IsNamed: true, Address: { } client })
        {
            return null;
        }

        var seat = Limiter.TryEnter(client, out var full);
        refusal = seat is null ? full : null;
        return seat;
    }
}
