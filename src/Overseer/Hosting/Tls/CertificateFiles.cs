using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Overseer.Configuration;

namespace Overseer.Hosting.Tls;

/// <summary>Reads a certificate, its chain and its key from PEM files.</summary>
internal static class CertificateFiles
{
    private const int MaxFileBytes = 1024 * 1024;
    private const string CertificateKey = "certificate";
    private const string KeyKey = "key";

    /// <summary>Reads both files, and finds out whether they belong together.</summary>
    public static CertificateResult Load(TlsOptions options, DateTimeOffset now)
    {
        if (!TryRead(options.Certificate, out var certificate, out var problem))
        {
            return new CertificateResult.Unusable(CertificateKey, problem);
        }

        if (!TryRead(options.Key, out var key, out problem))
        {
            return new CertificateResult.Unusable(KeyKey, problem);
        }

        var chain = new X509Certificate2Collection();
        try
        {
            chain.ImportFromPem(certificate);
        }
        catch (CryptographicException e)
        {
            return new CertificateResult.Unusable(CertificateKey, $"{options.Certificate} cannot be read as PEM: {e.Message}");
        }

        if (chain.Count == 0)
        {
            return new CertificateResult.Unusable(CertificateKey, $"{options.Certificate} holds no certificate (PEM, -----BEGIN CERTIFICATE-----)");
        }

        if (KeyProblem(options.Key, key) is { } unusable)
        {
            return new CertificateResult.Unusable(KeyKey, unusable);
        }

        try
        {
            var own = X509Certificate2.CreateFromPem(certificate, key);
            var above = new X509Certificate2Collection(chain.Skip(1).ToArray());
            var fingerprint = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(certificate + '\0' + key)));
            return new CertificateResult.Loaded(SslStreamCertificateContext.Create(own, above, offline: true), Describe(own), fingerprint, Warnings(options, own, now));
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            return new CertificateResult.Unusable(
                KeyKey,
                $"{options.Key} is not the key of the first certificate in {options.Certificate} ({chain[0].Subject}); the server's own certificate comes first in that file");
        }
    }

    private static string Describe(X509Certificate2 own) => $"{own.Subject}, valid until {own.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm}Z";

    private static List<string> Warnings(TlsOptions options, X509Certificate2 own, DateTimeOffset now)
    {
        var warnings = new List<string>();
        if (now > new DateTimeOffset(own.NotAfter))
        {
            warnings.Add($"the certificate in {options.Certificate} has expired on {own.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm}Z: clients will refuse it");
        }
        else if (now < new DateTimeOffset(own.NotBefore))
        {
            warnings.Add($"the certificate in {options.Certificate} is not valid before {own.NotBefore.ToUniversalTime():yyyy-MM-dd HH:mm}Z: clients will refuse it");
        }

        if ((File.GetUnixFileMode(options.Key) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite)) != UnixFileMode.None)
        {
            warnings.Add($"every user of this machine can read the private key {options.Key}; chmod 600 it");
        }

        return warnings;
    }

    private static string? KeyProblem(string path, string pem)
    {
        if (pem.Contains("ENCRYPTED", StringComparison.Ordinal))
        {
            return $"{path} is encrypted with a password; write it without one (openssl pkey -in FILE -out NEW), and let nobody else read it";
        }

        return pem.Contains("PRIVATE KEY-----", StringComparison.Ordinal) ? null : $"{path} holds no private key (PEM, -----BEGIN PRIVATE KEY-----)";
    }

    private static bool TryRead(string path, out string text, out string problem)
    {
        (text, problem) = ("", "");
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MaxFileBytes })
            {
                problem = $"{path} is larger than {MaxFileBytes} bytes";
                return false;
            }

            text = File.ReadAllText(path);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problem = $"{path} cannot be read: {e.Message}";
            return false;
        }
    }
}
