using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Overseer.Configuration;
using Overseer.Hosting.Tls;

namespace Overseer.Hosting.Listening;

/// <summary>The addresses of a server: those of the configuration, and always its own socket in the runtime directory.</summary>
internal sealed class Listeners
{
    private readonly List<ListenAddress.Tcp> _tcp = [];
    private readonly List<string> _sockets = [];

    /// <summary>Sorts the addresses of a configuration.</summary>
    public Listeners(OverseerConfiguration configuration)
    {
        _sockets.Add(configuration.Places.ServerSocket);
        foreach (var address in configuration.Listen)
        {
            switch (address)
            {
                case ListenAddress.Tcp tcp:
                    _tcp.Add(tcp);
                    break;
                case ListenAddress.UnixSocket unix when !_sockets.Contains(Path.GetFullPath(unix.Path), StringComparer.Ordinal):
                    _sockets.Add(Path.GetFullPath(unix.Path));
                    break;
            }
        }
    }

    /// <summary>Hands the addresses to Kestrel, which binds them by a <see cref="ServerListenerFactory"/>. HTTP/1.1 alone: WebSockets need nothing else.</summary>
    /// <exception cref="StartupException">A host name has no address.</exception>
    public void Configure(KestrelServerOptions kestrel, ServerCertificates? certificates, TimeSpan handshakeTimeout)
    {
        kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http1);
        foreach (var socket in _sockets)
        {
            kestrel.ListenUnixSocket(socket);
        }

        foreach (var tcp in _tcp)
        {
            foreach (var address in Resolve(tcp))
            {
                kestrel.Listen(new IPEndPoint(address, tcp.Port), endpoint =>
                {
                    if (certificates is not null && tcp.Encrypted is not false)
                    {
                        endpoint.UseHttps(new TlsHandshakeCallbackOptions
                        {
                            HandshakeTimeout = handshakeTimeout,
                            OnConnection = _ => ValueTask.FromResult(certificates.Current),
                        });
                    }
                });
            }
        }
    }

    /// <summary>What clients connect to, from the addresses that Kestrel bound.</summary>
    public IReadOnlyList<string> Bound(IEnumerable<string> urls) =>
        [.. urls.Where(url => !url.Contains("unix:", StringComparison.Ordinal)).Select(url => url.Replace("http", "ws", StringComparison.Ordinal) + "/ws"), .. _sockets.Select(socket => "unix:" + socket)];

    private static IPAddress[] Resolve(ListenAddress.Tcp tcp)
    {
        if (tcp.Host.Length == 0)
        {
            return [Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any];
        }

        if (tcp.Address is { } address)
        {
            return [address];
        }

        try
        {
            var found = Dns.GetHostAddresses(tcp.Host);
            return found.Length > 0 ? found : throw new StartupException($"cannot listen on {tcp}: the name has no address");
        }
        catch (SocketException e)
        {
            throw new StartupException($"cannot listen on {tcp}: {e.Message}", e);
        }
    }
}
