using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Overseer.Client;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Transports;

/// <summary>Encrypted connections, and certificates that are replaced while a server runs.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly string _place = Directory.CreateTempSubdirectory("overseer-tls-").FullName;
    private readonly TestAuthority _authority;

    public TlsTests() => _authority = new TestAuthority(_place);

    public void Dispose()
    {
        _authority.Dispose();
        Directory.Delete(_place, recursive: true);
    }

    [Fact]
    public async Task A_client_that_trusts_the_root_talks_encrypted_and_unix_sockets_stay_as_they_are()
    {
        await using var server = await StartAsync();
        Assert.StartsWith("wss://", server.Addresses[0], StringComparison.Ordinal);

        using var stream = await HandshakeAsync(server.Port);
        Assert.Equal(SslProtocols.Tls13, stream.SslProtocol);
        Assert.Equal("CN=localhost", stream.RemoteCertificate!.Subject);
        Assert.Equal(200, await GetAsync(stream, "/healthz"));

        await using var local = await server.ConnectUnixAsync();
        Assert.Empty(await local.ListAsync());
    }

    [Fact]
    public async Task One_address_can_be_left_unencrypted()
    {
        await using var server = await StartAsync("http://127.0.0.1:0");
        Assert.StartsWith("ws://", server.Addresses[1], StringComparison.Ordinal);

        await using var client = await WireClient.ConnectAsync(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, new Uri(server.Addresses[1]).Port));

        Assert.Empty(await client.ListAsync());
    }

    [Fact]
    public async Task Old_protocols_are_refused()
    {
        await using var server = await StartAsync();
#pragma warning disable SYSLIB0039, CA5397 // The point of the test.
        await Assert.ThrowsAnyAsync<Exception>(() => HandshakeAsync(server.Port, SslProtocols.Tls11));
#pragma warning restore SYSLIB0039, CA5397
        using var newer = await HandshakeAsync(server.Port, SslProtocols.Tls12);
        Assert.Equal(SslProtocols.Tls12, newer.SslProtocol);

        var (certificate, key) = _authority.Write(_place, "strict");
        await using var strict = await RunningServer.StartAsync($$"""tls: {certificate: {{certificate}}, key: {{key}}, min_version: "1.3"}""");
        await Assert.ThrowsAnyAsync<Exception>(() => HandshakeAsync(strict.Port, SslProtocols.Tls12));
        using var newest = await HandshakeAsync(strict.Port, SslProtocols.Tls13);
        Assert.Equal(SslProtocols.Tls13, newest.SslProtocol);
    }

    [Fact]
    public async Task A_changed_certificate_is_taken_by_itself_and_open_connections_go_on()
    {
        var logs = new LogLines();
        await using var server = await StartAsync(logs: logs);
        using var before = await HandshakeAsync(server.Port);
        var old = before.RemoteCertificate!.GetSerialNumberString();

        _authority.Write(_place, "server");
        await logs.WaitForAsync("TLS certificate replaced");

        using var after = await HandshakeAsync(server.Port);
        Assert.NotEqual(old, after.RemoteCertificate!.GetSerialNumberString());
        Assert.Equal(200, await GetAsync(before, "/healthz"));
    }

    [Fact]
    public async Task A_certificate_that_cannot_be_used_changes_nothing_until_a_right_one_comes()
    {
        var logs = new LogLines();
        await using var server = await StartAsync(logs: logs, interval: "720h");
        var certificates = server.Server.Certificates!;
        Assert.Null(certificates.Reload());
        var old = await SerialAsync(server.Port);
        var crt = Path.Combine(_place, "server.crt");
        var key = Path.Combine(_place, "server.key");

        // The certificate comes before its key.
        var (other, otherKey) = _authority.Write(_place, "other");
        File.Copy(other, crt, overwrite: true);
        Assert.Equal($"tls.key: {key} is not the key of the first certificate in {crt} (CN=localhost); the server's own certificate comes first in that file", certificates.Reload());
        Assert.Equal(old, await SerialAsync(server.Port));
        await logs.WaitForAsync("The new TLS certificate cannot be used, and the one before stays in use");

        File.Delete(key);
        Assert.StartsWith($"tls.key: {key} cannot be read: ", certificates.Reload(), StringComparison.Ordinal);
        File.WriteAllText(crt, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        Assert.StartsWith($"tls.key: {key} cannot be read: ", certificates.Reload(), StringComparison.Ordinal);
        File.Copy(otherKey, key);
        Assert.StartsWith($"tls.certificate: {crt} cannot be read as PEM: ", certificates.Reload(), StringComparison.Ordinal);
        Assert.Equal(old, await SerialAsync(server.Port));

        File.Copy(other, crt, overwrite: true);
        Assert.Null(certificates.Reload());
        Assert.NotEqual(old, await SerialAsync(server.Port));
    }

    [Fact]
    public async Task What_speaks_no_tls_is_let_go()
    {
        await using var server = await StartAsync();
        using var socket = new TcpClient();
        await socket.ConnectAsync(server.EndPoint);
        var stream = socket.GetStream();

        await stream.WriteAsync("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray());

        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        var buffer = new byte[100];
        var read = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, deadline.Token);
        Assert.DoesNotContain("HTTP", System.Text.Encoding.ASCII.GetString(buffer, 0, read), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handshake_that_does_not_go_on_is_ended_in_time()
    {
        await using var server = await StartAsync(limits: "limits: {handshake_timeout: 1s}");
        using var socket = new TcpClient();
        await socket.ConnectAsync(server.EndPoint);

        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        Assert.Equal(0, await socket.GetStream().ReadAsync(new byte[1], deadline.Token));
    }

    [Fact]
    public async Task The_client_library_trusts_whom_it_is_told_to()
    {
        await using var server = await StartAsync();
        var endpoint = OverseerEndpoint.Parse($"wss://localhost:{server.Port}");

        await using (var client = await OverseerClient.ConnectAsync(endpoint, new OverseerClientOptions { CaFile = _authority.RootFile }, TestContext.Current.CancellationToken))
        {
            Assert.Empty(await client.ListAsync(cancellationToken: TestContext.Current.CancellationToken));
        }

        Assert.Equal($"the certificate of {endpoint} is not trusted: its issuer \"CN=Test Issuer\" is not known here", await RefusalAsync(endpoint, null));
        Assert.Equal($"the trusted roots in {_place}/none.pem cannot be read: Could not find file '{_place}/none.pem'.", await RefusalAsync(endpoint, Path.Combine(_place, "none.pem")));
        Assert.Equal($"{_place}/server.key holds no certificate (PEM, -----BEGIN CERTIFICATE-----)", await RefusalAsync(endpoint, Path.Combine(_place, "server.key")));

        _authority.Write(_place, "server", subject: "other.example");
        Assert.Null(server.Server.Certificates!.Reload());
        Assert.Equal($"the certificate of {endpoint} is not trusted: it is for other.example, not for localhost", await RefusalAsync(endpoint, _authority.RootFile));

        _authority.Write(_place, "server", until: TimeProvider.System.GetUtcNow().AddDays(-1));
        Assert.Null(server.Server.Certificates!.Reload());
        Assert.Matches("the certificate of .* is not trusted: it is valid from .* only$", await RefusalAsync(endpoint, _authority.RootFile));
    }

    [Fact]
    public async Task The_command_line_trusts_whom_it_is_told_to()
    {
        await using var server = await StartAsync();
        var address = $"wss://localhost:{server.Port}";

        var (code, text, error) = await RunAsync("--ca-file", _authority.RootFile);
        Assert.Equal((0, ""), (code, error));
        Assert.Equal("[]", text.Trim());

        (code, _, error) = await RunAsync();
        Assert.Equal(123, code);
        Assert.Equal(
            $"overseer: the certificate of {address} is not trusted: its issuer \"CN=Test Issuer\" is not known here; name the authority it comes from with --ca-file FILE or OVERSEER_CA_FILE\n",
            error);

        async Task<(int Code, string Out, string Error)> RunAsync(params string[] options)
        {
            // The command line has five seconds for a handshake, which is not always enough for two programs that both have to be compiled first.
            for (var attempt = 1; ; attempt++)
            {
                await using var run = ServerProcess.Begin([ServerProcess.Program, "ps", "--json", "--host", address, .. options]);
                var result = await run.EndAsync();
                if (attempt == 5 || !result.Error.Contains("did not answer within", StringComparison.Ordinal))
                {
                    return result;
                }
            }
        }
    }

    private static async Task<string> RefusalAsync(OverseerEndpoint endpoint, string? caFile) =>
        (await Assert.ThrowsAsync<OverseerUnreachableException>(() => OverseerClient.ConnectAsync(endpoint, new OverseerClientOptions { CaFile = caFile }, TestContext.Current.CancellationToken))).Message;

    private async Task<string> SerialAsync(int port)
    {
        using var stream = await HandshakeAsync(port);
        return stream.RemoteCertificate!.GetSerialNumberString();
    }

    private async Task<RunningServer> StartAsync(string? alsoListen = null, LogLines? logs = null, string interval = "100ms", string limits = "")
    {
        var (certificate, key) = _authority.Write(_place, "server");
        return await RunningServer.StartAsync(
            _ => $$"""
                tls: {certificate: {{certificate}}, key: {{key}}, check_interval: {{interval}}}
                {{limits}}
                """,
            alsoListen is null ? [] : [alsoListen],
            logs);
    }

    private async Task<SslStream> HandshakeAsync(int port, SslProtocols protocols = SslProtocols.None)
    {
        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", port, deadline.Token);
        var stream = new SslStream(client.GetStream());
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(_authority.RootFile);
        await stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = "localhost", CertificateChainPolicy = policy, EnabledSslProtocols = protocols },
            deadline.Token);
        return stream;
    }

    private static async Task<int> GetAsync(SslStream stream, string path)
    {
        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"), deadline.Token);
        var head = new byte[12];
        await stream.ReadExactlyAsync(head, deadline.Token);
        return int.Parse(System.Text.Encoding.ASCII.GetString(head, 9, 3), System.Globalization.CultureInfo.InvariantCulture);
    }
}
