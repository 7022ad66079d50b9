// The certificate in use. Files are compared by their bytes: what renews certificates replaces files, or the links that lead to them, or a directory
// above, and none of that shows in a time stamp reliably. Both files cannot change at one moment, so a look in between may find a certificate and
// another one's key: then what is in use stays in use, and the next look finds the pair.

using System.Net.Security;
using System.Security.Authentication;
using Microsoft.Extensions.Logging;
using Overseer.Configuration;

namespace Overseer.Hosting.Tls;

/// <summary>The server's certificate, replaced while it runs: connections that are open go on, new ones get the new one. Thread-safe.</summary>
internal sealed class ServerCertificates : IDisposable
{
    private readonly TlsOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private volatile SslServerAuthenticationOptions _current;
    private string _fingerprint;
    private string? _problem;
    private ITimer? _timer;

    /// <summary>Reads the files.</summary>
    /// <exception cref="StartupException">They cannot be used.</exception>
    public ServerCertificates(TlsOptions options, TimeProvider clock, ILogger log)
    {
        (_options, _clock, _log) = (options, clock, log);
        var result = CertificateFiles.Load(options, clock.GetUtcNow());
        if (result is not CertificateResult.Loaded loaded)
        {
            throw new StartupException(ProblemOf(result));
        }

        _fingerprint = loaded.Fingerprint;
        _current = OptionsFor(loaded);
        HostingLog.Certificate(log, loaded.Description);
        Warn(loaded);
    }

    /// <summary>What the next handshake is made with.</summary>
    public SslServerAuthenticationOptions Current => _current;

    /// <summary>Begins to look at the files from time to time.</summary>
    public void Watch() => _timer = _clock.CreateTimer(_ => Reload(), state: null, _options.CheckInterval, _options.CheckInterval);

    /// <summary>Reads the files again. When they cannot be used, what is in use stays in use.</summary>
    /// <returns>Null, or the problem.</returns>
    public string? Reload()
    {
        lock (_gate)
        {
            var result = CertificateFiles.Load(_options, _clock.GetUtcNow());
            if (result is not CertificateResult.Loaded loaded)
            {
                var problem = ProblemOf(result);
                if (problem != _problem)
                {
                    HostingLog.CertificateUnusable(_log, problem);
                }

                _problem = problem;
                return problem;
            }

            _problem = null;
            if (loaded.Fingerprint != _fingerprint)
            {
                _fingerprint = loaded.Fingerprint;
                _current = OptionsFor(loaded);
                HostingLog.CertificateReplaced(_log, loaded.Description);
                Warn(loaded);
            }

            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer?.Dispose();

    private static string ProblemOf(CertificateResult result) => result is CertificateResult.Unusable { Key: var key, Problem: var problem } ? $"tls.{key}: {problem}" : "";

    private void Warn(CertificateResult.Loaded loaded)
    {
        foreach (var warning in loaded.Warnings)
        {
            HostingLog.CertificateWarning(_log, warning);
        }
    }

    private SslServerAuthenticationOptions OptionsFor(CertificateResult.Loaded loaded) => new()
    {
        ServerCertificateContext = loaded.Context,
        ApplicationProtocols = [SslApplicationProtocol.Http11],
        EnabledSslProtocols = _options.OnlyNewest ? SslProtocols.Tls13 : SslProtocols.Tls12 | SslProtocols.Tls13,
    };
}
