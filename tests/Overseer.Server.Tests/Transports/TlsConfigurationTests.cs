using Overseer.Configuration;
using Overseer.Hosting;

namespace Overseer.Server.Tests.Transports;

/// <summary>What a configuration says about <c>tls</c>.</summary>
public sealed class TlsConfigurationTests : IDisposable
{
    private readonly string _place = Directory.CreateTempSubdirectory("overseer-tls-").FullName;
    private readonly TestAuthority _authority;

    public TlsConfigurationTests() => _authority = new TestAuthority(_place);

    public void Dispose()
    {
        _authority.Dispose();
        Directory.Delete(_place, recursive: true);
    }

    [Fact]
    public void Files_that_belong_together_are_taken()
    {
        var (certificate, key) = _authority.Write(_place, "server");

        var check = Check($"tls: {{certificate: {certificate}, key: {key}, min_version: 1.3, check_interval: 5s}}");

        Assert.Empty(check.Errors);
        Assert.Empty(check.Warnings);
        Assert.Equal(new TlsOptions(certificate, key) { OnlyNewest = true, CheckInterval = TimeSpan.FromSeconds(5) }, check.Configuration!.Tls);
    }

    [Fact]
    public void Each_mistake_is_told_at_its_key()
    {
        var (certificate, key) = _authority.Write(_place, "server");
        var (_, other) = _authority.Write(_place, "other");
        var locked = Path.Combine(_place, "locked.key");
        File.WriteAllText(locked, "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n");

        Assert.Contains($"tls.certificate: {_place}/none.crt cannot be read", Error($"{_place}/none.crt", key), StringComparison.Ordinal);
        Assert.Contains($"tls.key: {_place}/none.key cannot be read", Error(certificate, $"{_place}/none.key"), StringComparison.Ordinal);
        Assert.Contains($"tls.certificate: {key} holds no certificate", Error(key, key), StringComparison.Ordinal);
        Assert.Contains($"tls.key: {certificate} holds no private key", Error(certificate, certificate), StringComparison.Ordinal);
        Assert.Contains($"tls.key: {locked} is encrypted with a password", Error(certificate, locked), StringComparison.Ordinal);
        Assert.Contains($"tls.key: {other} is not the key of the first certificate in {certificate}", Error(certificate, other), StringComparison.Ordinal);
    }

    [Fact]
    public void What_clients_will_refuse_and_what_others_can_read_is_a_warning()
    {
        var (certificate, key) = _authority.Write(_place, "server", until: TimeProvider.System.GetUtcNow().AddDays(-1));
        File.SetUnixFileMode(key, (UnixFileMode)0b110_100_100);

        var check = Check($"tls: {{certificate: {certificate}, key: {key}}}");

        Assert.Empty(check.Errors);
        Assert.Contains(check.Warnings, warning => warning.Contains("has expired on", StringComparison.Ordinal));
        Assert.Contains(check.Warnings, warning => warning.Contains($"every user of this machine can read the private key {key}", StringComparison.Ordinal));
    }

    [Fact]
    public void An_encrypted_address_needs_a_certificate() =>
        Assert.Contains("https://127.0.0.1:8443 needs a certificate: set tls.certificate and tls.key", Assert.Single(Check("listen: \"https://127.0.0.1:8443\"").Errors), StringComparison.Ordinal);

    private string Error(string certificate, string key) => Assert.Single(Check($"tls: {{certificate: {certificate}, key: {key}}}").Errors);

    private CheckedConfiguration Check(string yaml)
    {
        var file = Path.Combine(_place, "overseer.yaml");
        File.WriteAllText(file, yaml);
        return ConfigurationCheck.Run(
            new ConfigurationSources { FlagPath = file, Environment = new Dictionary<string, string>(), StateDirectory = _place, RuntimeDirectory = _place },
            ServeCommand.BuiltInDrivers);
    }
}
