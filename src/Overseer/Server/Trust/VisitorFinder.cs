using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Overseer.Server.Trust;

/// <summary>Finds out who a request comes from.</summary>
internal static class VisitorFinder
{
    /// <summary>Headers that tell of somebody between: then the kernel knows the user who runs that, and not who asks.</summary>
    private static readonly string[] Forwarding = ["Forwarded", "Via", "X-Real-IP"];

    /// <summary>Looks at a request. The user of a TCP peer is looked up for upgrades only: nothing else asks who owns a connection.</summary>
    public static Visitor Of(HttpContext http)
    {
        var connection = http.Connection;
        var socket = http.Features.Get<IConnectionSocketFeature>()?.Socket;
        var peer = connection.RemoteIpAddress is { } address ? new IPEndPoint(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, connection.RemotePort) : null;
        var uid = socket is null ? null
            : peer is null ? PeerUser.OfUnix(socket)
            : http.WebSockets.IsWebSocketRequest ? PeerUser.OfTcp(socket)
            : null;
        return new Visitor
        {
            Peer = peer,
            Uid = uid,
            IsOwner = uid is { } user && PeerUser.IsOwn(user) && !IsForwarded(http.Request),
            Token = PresentedToken.Of(http.Request),
            Origin = OriginRequest.From(http.Request, hasValidToken: false),
        };
    }

    private static bool IsForwarded(HttpRequest request) =>
        Array.Exists(Forwarding, request.Headers.ContainsKey) || request.Headers.Any(header => header.Key.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase));
}
