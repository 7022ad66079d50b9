namespace Overseer.Server.Trust;

/// <summary>
/// The origin of a web page (RFC 6454): scheme, host, port. <c>http</c> and <c>https</c> have their usual ports when none is written, other schemes
/// (browser extensions, desktop shells) none.
/// </summary>
/// <param name="Scheme">In lower case.</param>
/// <param name="Host">In lower case, IPv6 with brackets.</param>
/// <param name="Port">The port; null for schemes that have none.</param>
public sealed record WebOrigin(string Scheme, string Host, int? Port)
{
    /// <summary>Reads an <c>Origin</c> header or an entry of <c>allowed_origins</c>: <c>scheme://host[:port]</c> and nothing after it.</summary>
    /// <returns>The origin; null for <c>null</c>, for paths, users, blanks, and whatever else is no origin.</returns>
    public static WebOrigin? Parse(string text)
    {
        var separator = text.IndexOf("://", StringComparison.Ordinal);
        if (separator <= 0) return null;
        var scheme = text[..separator].ToLowerInvariant();
        if (!char.IsAsciiLetter(scheme[0]) || scheme.AsSpan().ContainsAnyExcept(AddressAlphabet.Scheme)) return null;
        return HostPort.TryParse(text.AsSpan(separator + 3), out var host) ? Of(scheme, host) : null;
    }

    /// <summary>The origin of pages that came from <paramref name="host"/> by <paramref name="scheme"/>.</summary>
    public static WebOrigin Of(string scheme, HostPort host) => new(scheme, host.Host, host.Port ?? scheme switch
    {
        "http" or "ws" => 80,
        "https" or "wss" => 443,
        _ => null,
    });

    /// <summary>As in a header.</summary>
    public override string ToString() => Port is { } port && (Scheme, port) is not (("http", 80) or ("https", 443))
        ? $"{Scheme}://{Host}:{port}"
        : $"{Scheme}://{Host}";
}
