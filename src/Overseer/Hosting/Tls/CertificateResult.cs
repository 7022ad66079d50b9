using System.Net.Security;

namespace Overseer.Hosting.Tls;

/// <summary>What came of reading certificate and key. A closed hierarchy.</summary>
internal abstract record CertificateResult
{
    private CertificateResult()
    {
    }

    /// <summary>They can be used.</summary>
    /// <param name="Context">For handshakes.</param>
    /// <param name="Description">Whose the certificate is and how long it is valid, for the log.</param>
    /// <param name="Fingerprint">Of the bytes of both files.</param>
    /// <param name="Warnings">What the user should know.</param>
    public sealed record Loaded(SslStreamCertificateContext Context, string Description, string Fingerprint, IReadOnlyList<string> Warnings) : CertificateResult;

    /// <summary>They cannot.</summary>
    /// <param name="Key">Which of the two settings is to blame, <c>certificate</c> or <c>key</c>.</param>
    /// <param name="Problem">Why, without the key's name.</param>
    public sealed record Unusable(string Key, string Problem) : CertificateResult;
}
