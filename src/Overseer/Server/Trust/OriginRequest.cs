using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Overseer.Server.Proxies;

namespace Overseer.Server.Trust;

// Who is a browser? Sec-Fetch-… alone does not tell: browsers send it only to places they take for secure, and a name that was made to point to this
// machine is none. A page that reads its own (rebound) origin sends no Origin either. But browsers always say which languages they want, which a
// page can change and not take away, and name themselves Mozilla; programs do neither. Navigation asks for an upgrade to https.

/// <summary>What <see cref="OriginPolicy"/> looks at in a request.</summary>
internal readonly record struct OriginRequest
{
    /// <summary><c>http</c> or <c>https</c>: how the request reached this server.</summary>
    public required string Scheme { get; init; }

    /// <summary>All values of the <c>Host</c> header (or of <c>:authority</c>).</summary>
    public StringValues Host { get; init; }

    /// <summary>All values of the <c>Origin</c> header.</summary>
    public StringValues Origin { get; init; }

    /// <summary>The host that a trusted proxy was asked for, where it passes on another one.</summary>
    public string? ForwardedHost { get; init; }

    /// <summary>Whether a browser sent it, as far as other headers than <c>Origin</c> tell.</summary>
    public bool IsBrowser { get; init; }

    /// <summary>Whether the request brought a token that was found valid.</summary>
    public bool HasValidToken { get; init; }

    /// <summary>Takes them from a request.</summary>
    public static OriginRequest From(HttpRequest request, RequestSource source, bool hasValidToken) => new()
    {
        Scheme = source.Scheme,
        Host = request.Headers.Host,
        ForwardedHost = source.Host,
        Origin = request.Headers.Origin,
        IsBrowser = request.Headers.Any(header => OnlyBrowsersSend(header.Key, header.Value)),
        HasValidToken = hasValidToken,
    };

    private static bool OnlyBrowsersSend(string name, StringValues value) =>
        name.StartsWith("Sec-Fetch-", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Accept-Language", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Upgrade-Insecure-Requests", StringComparison.OrdinalIgnoreCase)
        || (name.Equals("User-Agent", StringComparison.OrdinalIgnoreCase) && value.ToString().StartsWith("Mozilla/", StringComparison.OrdinalIgnoreCase));
}
