using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Overseer.Client;

/// <summary>Encrypts a connection, and says in words why a certificate is not trusted.</summary>
internal static class TlsHandshake
{
    /// <summary>Encrypts.</summary>
    /// <param name="stream">The connection; it is closed when this fails.</param>
    /// <param name="endpoint">The server.</param>
    /// <param name="caFile">A PEM file with the roots to trust; null for those of the system.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="OverseerUnreachableException">The server is not trusted, or speaks no TLS, or the file cannot be read.</exception>
    internal static async Task<Stream> EncryptAsync(Stream stream, OverseerEndpoint endpoint, string? caFile, CancellationToken cancellation)
    {
        string? complaint = null;
        var encrypted = new SslStream(stream);
        try
        {
            await encrypted.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = endpoint.Uri.IdnHost,
                    CertificateChainPolicy = caFile is null ? null : PolicyOf(endpoint, caFile),
                    RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                    {
                        complaint = errors == SslPolicyErrors.None ? null : Complaint(endpoint, certificate, chain, errors);
                        return errors == SslPolicyErrors.None;
                    },
                },
                cancellation);
            return encrypted;
        }
        catch (AuthenticationException failure)
        {
            await encrypted.DisposeAsync();
            throw complaint is null
                ? new OverseerUnreachableException(endpoint, $"no TLS connection to {endpoint}: {failure.Message}", false, failure)
                : new OverseerUnreachableException(endpoint, $"the certificate of {endpoint} is not trusted: {complaint}", false, failure) { IsUntrusted = true };
        }
        catch
        {
            await encrypted.DisposeAsync();
            throw;
        }
    }

    private static X509ChainPolicy PolicyOf(OverseerEndpoint endpoint, string caFile)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        try
        {
            policy.CustomTrustStore.ImportFromPemFile(caFile);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new OverseerUnreachableException(endpoint, $"the trusted roots in {caFile} cannot be read: {failure.Message}", false, failure);
        }
        return policy.CustomTrustStore.Count > 0
            ? policy
            : throw new OverseerUnreachableException(endpoint, $"{caFile} holds no certificate (PEM, -----BEGIN CERTIFICATE-----)", false);
    }

    private static string Complaint(OverseerEndpoint endpoint, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is not X509Certificate2 own)
            return "it has none";
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors) && chain is not null)
            return string.Join("; ", chain.ChainStatus.Select(status => Words(status, own)).Distinct());
        return $"it is for {Names(own)}, not for {endpoint.Uri.IdnHost}";
    }

    private static string Words(X509ChainStatus status, X509Certificate2 own) => status.Status switch
    {
        X509ChainStatusFlags.UntrustedRoot or X509ChainStatusFlags.PartialChain => $"its issuer \"{own.Issuer}\" is not known here",
        X509ChainStatusFlags.NotTimeValid => $"it is valid from {own.NotBefore.ToUniversalTime():yyyy-MM-dd} to {own.NotAfter.ToUniversalTime():yyyy-MM-dd} only",
        _ => status.StatusInformation.Trim(),
    };

    private static string Names(X509Certificate2 own)
    {
        string[] names = [.. own.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(extension => extension.EnumerateDnsNames().Concat(extension.EnumerateIPAddresses().Select(address => address.ToString())))];
        return names.Length == 0 ? own.Subject : string.Join(", ", names);
    }
}
