using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Overseer.Server.Proxies;

namespace Overseer.Server.Trust;

/// <summary>Finds out who a request comes from.</summary>
internal static class VisitorFinder
{
    /// <summary>Looks at a request. The user of a TCP peer is looked up for upgrades only: nothing else asks who owns a connection.</summary>
    public static Visitor Of(HttpContext http, TrustedProxies proxies)
    {
        var source = RequestSource.Of(http, proxies);
        var socket = http.Features.Get<IConnectionSocketFeature>()?.Socket;
        var uid = socket is null ? null
            : http.Connection.RemoteIpAddress is null ? PeerUser.OfUnix(socket)
            : http.WebSockets.IsWebSocketRequest ? PeerUser.OfTcp(socket)
            : null;
        return new Visitor
        {
            Source = source,
            Uid = uid,
            // With a proxy between, the kernel knows the user who runs that, and not who asks.
            IsOwner = uid is { } user && PeerUser.IsOwn(user) && !source.IsProxied,
            Token = PresentedToken.Of(http.Request),
            Origin = OriginRequest.From(http.Request, source, hasValidToken: false),
        };
    }
}
