using Microsoft.Extensions.Primitives;

namespace Overseer.Server.Trust;

// What must hold: no web page but our own and the ones the configuration names can talk to this server through a visitor's browser.
// Browsers let any page open a WebSocket to any address, 127.0.0.1 included, and tell us only in `Origin`. Two ways in have to be shut:
//   1. a foreign page connects: its Origin is neither ours nor allowed → refused;
//   2. DNS rebinding: the page's own name is made to resolve to our address. Then Origin and Host agree and rule 1 sees nothing wrong. But the
//      Host is a name the attacker owns; a Host that is an IP address or localhost cannot be rebound. So a browser's Host must be one of
//      these or a name the configuration vouches for.
// Programs that are not browsers send neither Origin nor what else only browsers send (OriginRequest), and could write there what they like anyway: they pass. Rejected: to take
// `Origin: null` for harmless (sandboxed frames of any page have it), and to compare hosts alone (another port is another program).

/// <summary>The second gate: which web pages may talk to this server. Immutable; safe from all threads.</summary>
internal sealed class OriginPolicy
{
    private readonly HashSet<WebOrigin> _allowedOrigins;
    private readonly HashSet<HostPort> _allowedHosts;

    /// <summary>Makes a policy.</summary>
    /// <param name="allowedOrigins">Foreign pages that may connect (<c>allowed_origins</c>).</param>
    /// <param name="allowedHosts">Names this server is reached by (<c>allowed_hosts</c>); without a port they stand for all ports.</param>
    public OriginPolicy(IEnumerable<WebOrigin> allowedOrigins, IEnumerable<HostPort> allowedHosts)
    {
        _allowedOrigins = [.. allowedOrigins];
        _allowedHosts = [.. allowedHosts];
    }

    /// <summary>Whether a request may come in.</summary>
    public TrustVerdict Check(in OriginRequest request)
    {
        var hasOrigin = request.Origin.Count > 0;
        if (!hasOrigin && !request.IsBrowser) return TrustVerdict.Allow;

        if (request.Host.Count != 1 || !HostPort.TryParse(request.Host[0], out var host))
            return TrustVerdict.Refuse($"a browser's request with Host {Shown(request.Host)}, which is no host");
        if (!IsSafe(host)) return TrustVerdict.Refuse($"a browser's request with Host {host}, which is not in allowed_hosts");
        if (request.ForwardedHost is { } forwarded)
        {
            // Both count: what a proxy says of the host may have been said by a page, which reaches us without the proxy.
            if (!HostPort.TryParse(forwarded, out host) || !IsSafe(host))
                return TrustVerdict.Refuse($"a browser's request through a proxy for host {Shown(forwarded)}, which is not in allowed_hosts");
        }

        if (!hasOrigin) return TrustVerdict.Allow;

        if (request.HasValidToken) return TrustVerdict.Allow;
        if (request.Origin.Count != 1 || WebOrigin.Parse(request.Origin[0] ?? "") is not { } origin)
            return TrustVerdict.Refuse($"a page with Origin {Shown(request.Origin)}, which no setting can allow");
        if (origin == WebOrigin.Of(request.Scheme, host) || _allowedOrigins.Contains(origin)) return TrustVerdict.Allow;
        return TrustVerdict.Refuse($"a page from {origin}, which is neither this server nor in allowed_origins");
    }

    /// <summary>Whether an <c>Origin</c> is that of a foreign page that was named.</summary>
    public bool IsAllowed(StringValues origin) => origin.Count == 1 && WebOrigin.Parse(origin[0] ?? "") is { } page && _allowedOrigins.Contains(page);

    private bool IsSafe(HostPort host) =>
        host.IsAddress || host.Host == "localhost" || _allowedHosts.Contains(host) || _allowedHosts.Contains(host with { Port = null });

    /// <summary>A header for the log: short, and without anything that could forge a line.</summary>
    private static string Shown(StringValues values)
    {
        if (values.Count == 0) return "missing";
        var text = string.Join(", ", values.ToArray());
        if (text.Length > 80) text = text[..80] + "…";
        return $"\"{string.Concat(text.Select(letter => char.IsControl(letter) ? '?' : letter))}\"";
    }
}
