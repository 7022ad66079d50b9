// Where a request comes from. Anybody can write X-Forwarded-For, so what such headers say counts only as far as it was said by somebody in
// trusted_proxies: from the last entry, which the peer itself has written, back to the first that a stranger may have written. That one is the client.
//
// Both kinds of header at once are dangerous: a proxy writes one and passes the other on as it came from the client. They may be there, but must
// name the same client.

using System.Net;
using Microsoft.AspNetCore.Http;
using Overseer.Server.Trust;

namespace Overseer.Server.Proxies;

/// <summary>The client of a request: its peer, or whom trusted proxies name. Immutable.</summary>
internal sealed record RequestSource
{
    /// <summary>For logs: <c>10.0.0.3:4242</c>, <c>203.0.113.7 by way of 127.0.0.1:4242</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The client's address; null on a UNIX socket.</summary>
    public required IPAddress? Address { get; init; }

    /// <summary><c>http</c> or <c>https</c>: how the client sent it.</summary>
    public required string Scheme { get; init; }

    /// <summary>The host the client asked for, where a trusted proxy says that it was another than that of the request.</summary>
    public string? Host { get; init; }

    /// <summary>Whether a proxy had a hand in it, trusted or not: then what the kernel knows of the peer says nothing of the client.</summary>
    public bool IsProxied { get; init; }

    /// <summary>Whether <see cref="Address"/> is one that a trusted proxy named, and not the peer's.</summary>
    public bool IsNamed { get; init; }

    /// <summary>Whether the peer may not say what it said of the client; that was ignored.</summary>
    public bool IsIgnored { get; init; }

    /// <summary>Why the client cannot be known, and the request is refused; for the log.</summary>
    public string? Problem { get; init; }

    /// <summary>Finds the client of a request.</summary>
    public static RequestSource Of(HttpContext http, TrustedProxies proxies)
    {
        var peer = http.Connection.RemoteIpAddress is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4() : http.Connection.RemoteIpAddress;
        var headers = http.Request.Headers;
        var direct = new RequestSource
        {
            Name = peer is null ? "a peer on a UNIX socket" : new IPEndPoint(peer, http.Connection.RemotePort).ToString(),
            Address = peer,
            Scheme = http.Request.Scheme,
            IsProxied = ForwardedHops.Has(headers),
        };
        if (!direct.IsProxied)
        {
            return direct;
        }

        if (!proxies.Include(peer))
        {
            return direct with { IsIgnored = true };
        }

        if (ForwardedHops.OfStandard(headers) is not { } standard)
        {
            return direct with { Problem = "its Forwarded header cannot be read" };
        }

        var older = ForwardedHops.OfOlder(headers);
        var source = direct.Behind(standard.Count > 0 ? standard : older, proxies);
        if (standard.Count > 0 && older.Any(hop => hop.For is not null) && direct.Behind(older, proxies) is var other && !Equals(other.Address, source.Address))
        {
            return direct with { Problem = "its Forwarded and X-Forwarded-For headers name different clients; let the proxy remove the one that it does not write" };
        }

        return source;
    }

    private RequestSource Behind(IReadOnlyList<ForwardedHop> hops, TrustedProxies proxies)
    {
        var source = this;
        for (var i = hops.Count - 1; i >= 0 && proxies.Include(source.Address); i--)
        {
            var hop = hops[i];
            source = source with
            {
                Scheme = hop.Scheme?.ToLowerInvariant() is "http" or "https" or "ws" or "wss" ? hop.Scheme.ToLowerInvariant() : source.Scheme,
                Host = hop.Host ?? source.Host,
            };
            if (hop.For is null)
            {
                // Whom this proxy had it from is not known, so what is written further left may be a stranger's.
                break;
            }

            if (!TryAddress(hop.For, out var address))
            {
                return this with { Problem = "a proxy names a client that is no address" };
            }

            source = source with { Address = address, IsNamed = true, Name = $"{address} by way of {Name}" };
        }

        return source;
    }

    private static bool TryAddress(string text, out IPAddress address)
    {
        if (CidrBlock.TryParseAddress(text, out address))
        {
            return true;
        }

        if (!HostPort.TryParse(text, out var host) || !host.IsAddress)
        {
            return false;
        }

        return CidrBlock.TryParseAddress(host.Host.Trim('[', ']'), out address);
    }
}
