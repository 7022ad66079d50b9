using System.Globalization;
using System.Net;
using Overseer.Server.Proxies;

namespace Overseer.Server.Trust;

/// <summary>What access rules look at in somebody who comes in. Kept with the connection, so that other rules can be asked later. Immutable.</summary>
internal sealed record Visitor
{
    /// <summary>Where the request comes from, proxies looked through.</summary>
    public required RequestSource Source { get; init; }

    /// <summary>The address of the peer itself; null on a UNIX socket.</summary>
    public required IPAddress? Peer { get; init; }

    /// <summary>The user of the peer itself, where the kernel tells.</summary>
    public int? Uid { get; init; }

    /// <summary>What it brought.</summary>
    public required PresentedToken Token { get; init; }

    /// <summary>What browsers say of themselves; <see cref="OriginRequest.HasValidToken"/> is not set yet.</summary>
    public required OriginRequest Origin { get; init; }

    /// <summary>Whether a trusted proxy has brought it: then the user of the peer is the proxy's.</summary>
    public bool IsVouchedFor => Source is { IsProxied: true, IsIgnored: false };

    /// <summary>Whether the kernel says that the peer is the server's own user, and nobody stands between.</summary>
    public bool IsOwner => Uid is { } uid && PeerUser.IsOwn(uid) && !Source.IsProxied;

    /// <summary>Whether it needs no token: the server's own user on a UNIX socket, which no web page can open.</summary>
    public bool NeedsNoToken => Peer is null && IsOwner;

    /// <summary>For logs.</summary>
    public string Name => (Peer, Uid) switch
    {
        (null, { } uid) when !Source.IsProxied => string.Create(CultureInfo.InvariantCulture, $"uid {uid} (unix socket)"),
        (not null, { } uid) => string.Create(CultureInfo.InvariantCulture, $"{Source.Name} uid {uid}"),
        _ => Source.Name,
    };
}
