using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Overseer.Server.Trust;

/// <summary>What <see cref="OriginPolicy"/> looks at in a request.</summary>
public readonly record struct OriginRequest
{
    /// <summary><c>http</c> or <c>https</c>: how the request reached this server.</summary>
    public required string Scheme { get; init; }

    /// <summary>All values of the <c>Host</c> header (or of <c>:authority</c>).</summary>
    public StringValues Host { get; init; }

    /// <summary>All values of the <c>Origin</c> header.</summary>
    public StringValues Origin { get; init; }

    /// <summary>Whether any header begins with <c>Sec-Fetch-</c>: only browsers send these, and pages cannot.</summary>
    public bool HasFetchMetadata { get; init; }

    /// <summary>Whether the request brought a token that was found valid.</summary>
    public bool HasValidToken { get; init; }

    /// <summary>Takes them from a request.</summary>
    public static OriginRequest From(HttpRequest request, bool hasValidToken) => new()
    {
        Scheme = request.Scheme,
        Host = request.Headers.Host,
        Origin = request.Headers.Origin,
        HasFetchMetadata = request.Headers.Any(header => header.Key.StartsWith("Sec-Fetch-", StringComparison.OrdinalIgnoreCase)),
        HasValidToken = hasValidToken,
    };
}
