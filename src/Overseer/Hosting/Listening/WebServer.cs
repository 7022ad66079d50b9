using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Overseer.Configuration;
using Overseer.Hosting.Tls;
using Overseer.Server;
using Overseer.Server.Limits;

namespace Overseer.Hosting.Listening;

/// <summary>The HTTP server in front of the door.</summary>
internal sealed class WebServer : IAsyncDisposable
{
    private const int MaxResponseBufferBytes = 256 * 1024;
    private const int MaxRequestLineBytes = 8 * 1024;
    private static readonly TimeSpan ConnectionDrain = TimeSpan.FromSeconds(3);
    private readonly WebApplication _web;

    private WebServer(WebApplication web, IReadOnlyList<string> addresses)
    {
        _web = web;
        Addresses = addresses;
    }

    /// <summary>Where it listens, as clients would write it.</summary>
    public IReadOnlyList<string> Addresses { get; }

    /// <summary>Listens on all addresses of a configuration.</summary>
    /// <exception cref="StartupException">One of them cannot be used; then none is.</exception>
    public static async Task<WebServer> StartAsync(OverseerConfiguration configuration, ServerLimits limits, FrontDoor door, ServerCertificates? certificates, ILoggerFactory logs, TimeProvider clock)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = [] });
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<ILoggerFactory>(new FrameworkLogs(logs));
        var listen = new Listeners(configuration);
        var first = FirstRequest.NewName();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            Bound(kestrel.Limits, limits);
            listen.Configure(kestrel, certificates, limits.HandshakeTimeout);
        });
        // The last one that can bind an address does, so this comes after the framework's.
        builder.Services.AddSingleton<IConnectionListenerFactory>(new ServerListenerFactory(Admit, clock, logs.CreateLogger("Overseer.Hosting")));
        ConnectionSeat? Admit(Socket socket) => first.Equals(socket.RemoteEndPoint) ? ConnectionSeat.Uncounted() : door.Limiter.Accept((socket.RemoteEndPoint as IPEndPoint)?.Address);
        var web = builder.Build();
        web.Use(next => http => door.PrepareUpgradeAsync(http, next));
        web.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.Zero });
        web.Run(door.HandleAsync);
        try
        {
            await web.StartAsync();
            _ = FirstRequest.MakeAsync(configuration.Places.ServerSocket, first, clock);
            return new WebServer(web, listen.Bound(web.Urls));
        }
        catch (Exception e)
        {
            await web.DisposeAsync();
            if (e is IOException or SocketException or UnauthorizedAccessException)
            {
                throw new StartupException($"cannot listen: {e.Message}", e);
            }

            throw;
        }
    }

    /// <summary>Lets connections end, not for long, and stops listening.</summary>
    public async ValueTask DisposeAsync()
    {
        using var drain = new CancellationTokenSource(ConnectionDrain);
        await _web.StopAsync(drain.Token);
        await _web.DisposeAsync();
    }

    private static void Bound(KestrelServerLimits kestrel, ServerLimits limits)
    {
        // Counted elsewhere, where a refusal can be explained (ConnectionLimiter).
        kestrel.MaxConcurrentConnections = null;
        kestrel.MaxConcurrentUpgradedConnections = null;
        kestrel.MaxRequestBodySize = 0;
        kestrel.MaxResponseBufferSize = MaxResponseBufferBytes;
        kestrel.MaxRequestHeadersTotalSize = limits.MaxRequestHeadBytes;
        kestrel.MaxRequestLineSize = Math.Min(MaxRequestLineBytes, limits.MaxRequestHeadBytes);
        // A connection that has sent nothing yet counts as one that is kept alive.
        kestrel.RequestHeadersTimeout = limits.HandshakeTimeout;
        kestrel.KeepAliveTimeout = limits.HandshakeTimeout;
    }
}
