using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebSockets;
using Microsoft.Extensions.Logging;
using Overseer.Hub;
using Overseer.Server.Channels;
using Overseer.Server.Http;
using Overseer.Server.Limits;
using Overseer.Server.Proxies;
using Overseer.Server.Trust;

namespace Overseer.Server;

/// <summary>
/// What an HTTP request meets: room, the trust checks, then the pages, `/ws`, or on every other path the hub. Peers on a UNIX socket were checked by the file system and skip the address check.
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
        var toHub = IsForHub(http, path, rules.Hub);
        var mayRead = HttpPages.Has(path) && CrossOrigin.Mark(http, rules.Origins);
        if (await _context.Access.AdmitAsync(http, source, toHub) is not var (visitor, caller))
        {
            return;
        }

        if (toHub)
        {
            await HubAsync(http, visitor, caller, rules.Hub!.Options);
            return;
        }

        if (rules.Hub is { Options.Alone: true } && http.Connection.RemoteIpAddress is not null && path != HttpPages.Health)
        {
            await http.TextAsync(StatusCodes.Status404NotFound, "not found; only the hub is served here: connect with a WebSocket client");
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
    public void Close()
    {
        _context.Sessions.Leave();
        Connections.Close();
    }

    private void CloseUnlessAllowed(IServedConnection connection)
    {
        if (connection.ReasonToLeave(_context.Access) is { } reason)
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

        using var channel = ChannelOf(http, _context.Limits.MaxMessageBytes);
        using var connection = new V2Connection(_context.Requesters.NextNumber(), visitor, caller, choice.Profile, channel, _context);
        try
        {
            // Before the answer that tells the client that it is connected.
            Connections.Expect(connection);
            connection.Listen();
            await OpenAsync(channel, http, choice.Subprotocol);
            await ServeAsync(http, connection);
        }
        finally
        {
            Connections.Forget(connection);
        }
    }

    // The owner's own socket has the overseer protocol always; where the hub is served alone, the network has nothing else.
    private static bool IsForHub(HttpContext http, string? path, HubRules? hub) =>
        hub is not null && http.WebSockets.IsWebSocketRequest && !HttpPages.Has(path) && (path != "/ws" || (hub.Options.Alone && http.Connection.RemoteIpAddress is not null));

    private async Task HubAsync(HttpContext http, Visitor visitor, Caller caller, Configuration.HubOptions options)
    {
        using var seat = SeatOf(visitor.Source, out var refusal);
        if (refusal is not null)
        {
            await http.BusyAsync(refusal);
            return;
        }

        string? watches = http.Request.Query["containerID"];
        using var channel = ChannelOf(http, Math.Min(options.MaxMessageBytes, Configuration.HubOptions.MostMessageBytes));
        await OpenAsync(channel, http, subprotocol: null);
        using var connection = new HubConnection(_context.Requesters.NextNumber(), visitor, caller, watches, channel, _context);
        await ServeAsync(http, connection);
    }

    private static WebSocketChannel ChannelOf(HttpContext http, int maxMessageBytes) =>
        new(((GatedUpgrade)http.Features.GetRequiredFeature<IHttpUpgradeFeature>()).Gate, http.Abort, maxMessageBytes);

    // The socket is never disposed of: that resets the connection, and the last words with it. It holds nothing but memory.
    private static async Task OpenAsync(WebSocketChannel channel, HttpContext http, string? subprotocol) =>
        channel.Open(await http.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext { KeepAliveInterval = TimeSpan.Zero, SubProtocol = subprotocol }));

    private async Task ServeAsync(HttpContext http, IServedConnection connection)
    {
        ServerLog.Connected(_context.Log, connection.Number, connection.Caller.Name);
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
