// The composition root: everything is made here, by constructor, in order; and ended in reverse. Parts that fail to start leave nothing behind.

using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Overseer.Configuration;
using Overseer.Core.Drivers;
using Overseer.Core.Tasks;
using Overseer.Recorder;
using Overseer.Recorder.Journal;
using Overseer.Recorder.Wire;
using Overseer.Server;
using Overseer.Server.Trust;
using Overseer.Streams;
using Overseer.Supervision;

namespace Overseer.Hosting;

/// <summary>A running server: recorder, engine, streams and listeners.</summary>
public sealed class OverseerServer : IAsyncDisposable
{
    private static readonly TimeSpan RecorderTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ConnectionDrain = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan StopMargin = TimeSpan.FromSeconds(5);

    private readonly OverseerConfiguration _configuration;
    private readonly PlaceLock _lock;
    private readonly ILoggerFactory _logs;
    private readonly Supervisor _supervisor;
    private readonly RecorderEvents _events;
    private readonly RecorderLink _recorder;
    private readonly FrontDoor _door;
    private readonly ConnectionSweeper _sweeper;
    private WebApplication? _web;
    private int _stopped;

    private OverseerServer(OverseerConfiguration configuration, ActionCatalog actions, PlaceLock placeLock, ILoggerFactory logs, TimeProvider clock, RecorderChoice recorder)
    {
        _configuration = configuration;
        _lock = placeLock;
        _logs = logs;
        var places = configuration.Places;
        var streams = new StreamRegistry(places.JournalDirectory, new StreamOptions { RingBytes = configuration.Limits.StreamBufferBytes, TotalBytes = configuration.Limits.TotalStreamBufferBytes });
        var requesters = new RequesterDirectory();
        var ropes = new RunRopes();
        var journal = new JournalOptions { MaxLineBytes = configuration.Limits.MaxLineBytes, SegmentBytes = configuration.Limits.SegmentBytes };
        var performer = new EffectPerformer(streams, requesters, ropes, journal, clock, logs.CreateLogger<EffectPerformer>());
        var engine = new TaskEngine(actions, new EngineOptions
        {
            MaxTasks = configuration.Limits.MaxTasks,
            MaxTaskBytes = configuration.Limits.MaxTaskBytes,
            MaxParameters = configuration.Limits.MaxParameters,
            MaxLabels = configuration.Limits.MaxLabels,
        }, clock, Guid.NewGuid);
        _supervisor = new Supervisor(engine, performer, clock, logs.CreateLogger<Supervisor>());
        _events = new RecorderEvents(streams, ropes, _supervisor.Post, clock, logs.CreateLogger<RecorderEvents>());
        _recorder = Connect(recorder, places, clock);
        performer.Recorder = _recorder;
        var limits = new ServerLimits
        {
            MaxMessageBytes = configuration.Limits.MaxMessageBytes,
            MaxSubscriptions = configuration.Limits.MaxSubscriptions,
            MaxConnections = configuration.Limits.MaxConnections,
            MaxPendingStarts = configuration.Limits.MaxPendingStarts,
            MaxQueuedBytes = configuration.Limits.MaxQueuedBytes,
            PingInterval = configuration.PingInterval,
        };
        var context = new ServerContext(_supervisor, actions, streams, requesters, limits, clock, logs.CreateLogger("Overseer.Server"));
        var peers = PeerFilter.Create(configuration.TrustedCidrs);
        HostingLog.Trust(context.Log, peers.Summary);
        _door = new FrontDoor(context, peers, new OriginPolicy(configuration.AllowedOrigins, configuration.AllowedHosts), Health);
        _sweeper = new ConnectionSweeper(_door, context);
    }

    /// <summary>Where the server listens, as clients would write it.</summary>
    public IReadOnlyList<string> Addresses { get; private set; } = [];

    /// <summary>Starts a server.</summary>
    /// <exception cref="StartupException">It cannot be started; the message says what to do.</exception>
    internal static async Task<OverseerServer> StartAsync(OverseerConfiguration configuration, ActionCatalog actions, ILoggerFactory logs, TimeProvider clock, RecorderChoice recorder)
    {
        var placeLock = PlaceLock.Take(configuration.Places);
        OverseerServer server;
        try
        {
            server = new OverseerServer(configuration, actions, placeLock, logs, clock, recorder);
        }
        catch
        {
            placeLock.Dispose();
            throw;
        }

        try
        {
            await server.ListenAsync();
            return server;
        }
        catch
        {
            await server.StopAsync();
            throw;
        }
    }

    /// <summary>Stops every task, lets clients hear of it, and ends. Bounded in time; doing it twice is harmless.</summary>
    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref _stopped, 1) != 0)
        {
            return;
        }

        var log = _logs.CreateLogger("Overseer.Hosting");
        if (!await _supervisor.StopAllAsync(_configuration.Shutdown.Grace, StopMargin))
        {
            HostingLog.StopIncomplete(log);
        }

        try
        {
            await CloseConnectionsAsync();
        }
        finally
        {
            // Whatever happened to the connections: a recorder that is not told would wait for a server for ever.
            await _supervisor.DisposeAsync();
            _events.Closing = true;
            _recorder.Shutdown();
            _recorder.Dispose();
            _lock.Dispose();
        }

        HostingLog.Stopped(log);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync();

    private async Task CloseConnectionsAsync()
    {
        _door.Close();
        _sweeper.Dispose();
        if (_web is { } web)
        {
            using var drain = new CancellationTokenSource(ConnectionDrain);
            await web.StopAsync(drain.Token);
            await web.DisposeAsync();
        }
    }

    private RecorderLink Connect(RecorderChoice choice, Places places, TimeProvider clock)
    {
        try
        {
            if (choice == RecorderChoice.InProcess)
            {
                return RecorderLink.StartInProcess(places.JournalDirectory, _events);
            }

            var (executable, prefix) = OwnProgram.Find();
            return RecorderLauncher.ConnectOrLaunch(
                new RecorderPlaces(places.RecorderSocket, places.RecorderLock, places.RecorderLog, places.JournalDirectory),
                executable,
                prefix,
                _events,
                clock.GetUtcNow().ToUnixTimeMilliseconds(),
                RecorderTimeout,
                out _);
        }
        catch (RecorderUnavailableException e)
        {
            throw new StartupException($"the recorder cannot be started: {e.Message}", e);
        }
    }

    private HealthReport Health() => new(_events.Gone is null, _events.Gone, _supervisor.Engine.Tasks.Count, _door.Connections.Count);

    private async Task ListenAsync()
    {
        // First, so that stopping has somebody to ask, whatever fails below.
        _supervisor.Start();
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = [] });
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(_logs);
        var listen = new Listeners(_configuration);
        // Nothing in the way of a frame waits, so a write may run on the thread that made it: one thread switch less for each line.
        builder.WebHost.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = true);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentUpgradedConnections = null;
            kestrel.Limits.MaxConcurrentConnections = null;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Limits.MaxResponseBufferSize = 256 * 1024;
            listen.Configure(kestrel);
        });
        _web = builder.Build();
        _web.Use(next => http => _door.PrepareUpgradeAsync(http, next));
        _web.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.Zero });
        _web.Run(_door.HandleAsync);
        try
        {
            await listen.BindAsync(() => _web.StartAsync());
        }
        catch (Exception e) when (e is IOException or SocketException or AddressInUseException or UnauthorizedAccessException)
        {
            throw new StartupException($"cannot listen on {listen.Description}: {e.Message}", e);
        }

        Addresses = listen.Bound(_web.Urls);
        _sweeper.Start();
    }
}
