using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Overseer.Server.Proxies;

namespace Overseer.Server.Trust;

/// <summary>Finds out who a request comes from.</summary>
internal static class VisitorFinder
{
    /// <summary>Looks at a request. The user of a TCP peer is looked up for upgrades only: nothing else asks who owns a connection.</summary>
    public static Visitor Of(HttpContext http, RequestSource source)
    {
        var peer = http.Connection.RemoteIpAddress;
        return new Visitor
        {
            Source = source,
            Peer = peer,
            Uid = http.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket ? UserOf(socket, peer, http.WebSockets.IsWebSocketRequest) : null,
            Token = PresentedToken.Of(http.Request),
            Origin = OriginRequest.From(http.Request, source, hasValidToken: false),
        };
    }

    private static int? UserOf(Socket socket, IPAddress? peer, bool isUpgrade)
    {
        if (peer is null)
        {
            return PeerUser.OfUnix(socket);
        }

        return isUpgrade ? PeerUser.OfTcp(socket) : null;
    }
}
