namespace Overseer.Configuration;

/// <summary>Files for encrypted connections, both PEM.</summary>
/// <param name="Certificate">The certificate, with its chain.</param>
/// <param name="Key">The private key.</param>
public sealed record TlsOptions(string Certificate, string Key);
