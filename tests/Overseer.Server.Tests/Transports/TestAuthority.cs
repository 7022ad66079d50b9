using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Overseer.Server.Tests.Transports;

/// <summary>A certificate authority of the tests' own: a root, an authority below it, and certificates for servers from that one.</summary>
internal sealed class TestAuthority : IDisposable
{
    private static readonly DateTimeOffset Begin = TimeProvider.System.GetUtcNow().AddDays(-30);
    private readonly X509Certificate2 _root;
    private readonly X509Certificate2 _issuer;

    public TestAuthority(string directory)
    {
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _root = Authority("CN=Test Root", rootKey).CreateSelfSigned(Begin, Begin.AddYears(2));
        using var issuerKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _issuer = Authority("CN=Test Issuer", issuerKey).Create(_root, Begin, Begin.AddYears(1), [1, 2, 3]).CopyWithPrivateKey(issuerKey);
        RootFile = Path.Combine(directory, "root.pem");
        File.WriteAllText(RootFile, _root.ExportCertificatePem());
    }

    /// <summary>The root, for clients.</summary>
    public string RootFile { get; }

    /// <summary>Writes a certificate with its chain, and its key.</summary>
    public (string Certificate, string Key) Write(string directory, string name, string subject = "localhost", DateTimeOffset? until = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={subject}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(subject);
        if (subject == "localhost")
        {
            names.AddIpAddress(System.Net.IPAddress.Loopback);
        }

        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        using var certificate = request.Create(_issuer, Begin, until ?? Begin.AddMonths(6), RandomNumberGenerator.GetBytes(8));
        var (certificateFile, keyFile) = (Path.Combine(directory, name + ".crt"), Path.Combine(directory, name + ".key"));
        WriteAtOnce(certificateFile, certificate.ExportCertificatePem() + "\n" + _issuer.ExportCertificatePem());
        WriteAtOnce(keyFile, key.ExportPkcs8PrivateKeyPem());
        return (certificateFile, keyFile);
    }

    /// <summary>Replaces a file as renewers of certificates do.</summary>
    public static void WriteAtOnce(string path, string text)
    {
        File.WriteAllText(path + ".new", text);
        File.SetUnixFileMode(path + ".new", UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.Move(path + ".new", path, overwrite: true);
    }

    public void Dispose()
    {
        _root.Dispose();
        _issuer.Dispose();
    }

    private static CertificateRequest Authority(string subject, ECDsa key)
    {
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        return request;
    }
}
