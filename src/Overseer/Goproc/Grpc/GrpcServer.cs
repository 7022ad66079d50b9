using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Overseer.Configuration;
using Overseer.Hosting.Listening;
using Overseer.Server.Limits;
using static Overseer.Recorder.Interop.Interop;

namespace Overseer.Goproc.Grpc;

/// <summary>Serves a gRPC service over HTTP/2 without TLS on a UNIX socket, to the user alone who runs this process. A Kestrel of its own, without the host and the middleware that it does not need.</summary>
internal sealed class GrpcServer : IHttpApplication<IFeatureCollection>, IDisposable
{
    private readonly GrpcService _service;
    private readonly GrpcServerOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly string _socket;
    private readonly KestrelServer _kestrel;

    /// <summary>Makes a server that does not listen yet.</summary>
    /// <param name="service">What it serves.</param>
    /// <param name="socket">The path that the socket gets; nothing may lie there.</param>
    /// <param name="options">Its bounds.</param>
    /// <param name="clock">For deadlines.</param>
    /// <param name="logs">Its log.</param>
    public GrpcServer(GrpcService service, string socket, GrpcServerOptions options, TimeProvider clock, ILoggerFactory logs)
    {
        _service = service;
        _socket = socket;
        _options = options;
        _clock = clock;
        _log = logs.CreateLogger<GrpcServer>();
        var kestrel = new KestrelServerOptions { AddServerHeader = false };
        kestrel.Limits.MaxConcurrentConnections = options.MaxConnections;
        kestrel.Limits.MaxRequestBodySize = null; // each message is measured by its prefix, and has a status when it is too large
        kestrel.ListenUnixSocket(socket, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            listen.Use(next => connection => IsOwner(connection) ? next(connection) : Task.CompletedTask);
        });
        _kestrel = new KestrelServer(Options.Create(kestrel), new ServerListenerFactory(_ => ConnectionSeat.Uncounted(), clock, _log), logs);
    }

    /// <summary>Listens.</summary>
    public Task StartAsync() => _kestrel.StartAsync(this, CancellationToken.None);

    /// <summary>Refuses new connections, and lets the calls that are under way end until <paramref name="drain"/> is cancelled.</summary>
    public Task StopAsync(CancellationToken drain) => _kestrel.StopAsync(drain);

    /// <inheritdoc/>
    public IFeatureCollection CreateContext(IFeatureCollection contextFeatures) => contextFeatures;

    /// <inheritdoc/>
    public Task ProcessRequestAsync(IFeatureCollection context) => new GrpcCall(_service, _options, context, _clock, _log).RunAsync();

    /// <inheritdoc/>
    public void DisposeContext(IFeatureCollection context, Exception? exception)
    {
    }

    public void Dispose() => _kestrel.Dispose();

    // The mode of the socket keeps others out, but not root, nor somebody to whom a descriptor was passed.
    private bool IsOwner(ConnectionContext connection)
    {
        if (connection.Features.Get<IConnectionSocketFeature>()?.Socket is not { } socket)
        {
            return false;
        }

        var (pid, user) = PeerUser((int)socket.Handle);
        if (user == CurrentUser.Id)
        {
            return true;
        }

        GrpcLog.Foreign(_log, user, pid, _socket, CurrentUser.Id);
        return false;
    }
}
