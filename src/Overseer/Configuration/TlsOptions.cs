namespace Overseer.Configuration;

/// <summary>How connections over the network are encrypted (<c>tls</c>).</summary>
/// <param name="Certificate">A PEM file with the server's own certificate, and after it those that lead from it to a root.</param>
/// <param name="Key">A PEM file with its private key, not encrypted.</param>
public sealed record TlsOptions(string Certificate, string Key)
{
    /// <summary>Whether TLS 1.2 is refused too (<c>min_version: 1.3</c>). Older ones always are.</summary>
    public bool OnlyNewest { get; init; }

    /// <summary>How often the files are looked at (<c>check_interval</c>). Default 30 s.</summary>
    public TimeSpan CheckInterval { get; init; } = TimeSpan.FromSeconds(30);
}
