using System.Buffers.Text;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Overseer.Server.Trust;

/// <summary>The token that a request brings, as its hash. The token itself is forgotten at once.</summary>
/// <param name="Hash">Its hash; null when there is none, or when what there is cannot be one.</param>
/// <param name="IsGiven">Whether it brings anything of that kind.</param>
internal sealed record PresentedToken(TokenHash? Hash, bool IsGiven)
{
    /// <summary>A subprotocol that is a token, for browsers, which can send no other header. It is never chosen, so never echoed.</summary>
    public const string SubprotocolPrefix = "overseer.token.";

    /// <summary>The same for tokens that have characters which a subprotocol must not have: in base64url.</summary>
    public const string EncodedSubprotocolPrefix = "overseer.token64.";

    /// <summary>The query parameter.</summary>
    public const string QueryKey = "token";

    private const string Scheme = "Bearer";

    /// <summary>Nothing.</summary>
    public static PresentedToken None { get; } = new(null, IsGiven: false);

    private static readonly PresentedToken Unusable = new(null, IsGiven: true);

    /// <summary>Takes it from <c>Authorization: Bearer</c>, the subprotocols and the query. Several are one if they are the same; else they are none that is valid.</summary>
    public static PresentedToken Of(HttpRequest request)
    {
        var found = None;
        foreach (var header in request.Headers.Authorization)
        {
            // Another scheme is somebody else's business, such as a proxy's.
            if (header?.Split(' ', 2, StringSplitOptions.TrimEntries) is [var scheme, .. var rest] && scheme.Equals(Scheme, StringComparison.OrdinalIgnoreCase))
            {
                found = Join(found, Given(rest is [var token] ? token : ""));
            }
        }

        foreach (var protocol in request.Headers.GetCommaSeparatedValues("Sec-WebSocket-Protocol"))
        {
            if (protocol.StartsWith(SubprotocolPrefix, StringComparison.Ordinal))
            {
                found = Join(found, Given(protocol[SubprotocolPrefix.Length..]));
            }
            else if (protocol.StartsWith(EncodedSubprotocolPrefix, StringComparison.Ordinal))
            {
                found = Join(found, Decoded(protocol.AsSpan(EncodedSubprotocolPrefix.Length)));
            }
        }

        foreach (var value in request.Query[QueryKey])
        {
            found = Join(found, Given(value ?? ""));
        }

        return found;
    }

    private static PresentedToken Given(string token) => token.Length == 0 ? Unusable : new PresentedToken(TokenHash.Of(token), IsGiven: true);

    private static PresentedToken Decoded(ReadOnlySpan<char> text) =>
        Base64Url.IsValid(text) ? Given(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text))) : Unusable;

    private static PresentedToken Join(PresentedToken one, PresentedToken other)
    {
        if (!one.IsGiven)
        {
            return other;
        }

        return one.Hash is { } hash && hash.Equals(other.Hash) ? one : Unusable;
    }
}
