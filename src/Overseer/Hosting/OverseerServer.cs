// The composition root: everything is made here, by constructor, in order; and ended in reverse. Parts that fail to start leave nothing behind.

using Microsoft.Extensions.Logging;
using Overseer.Configuration;
using Overseer.Core.Drivers;
using Overseer.Core.Tasks;
using Overseer.Core.Tasks.Storage;
using Overseer.EventLog;
using Overseer.Goproc;
using Overseer.Goproc.Grpc;
using Overseer.Hosted;
using Overseer.Hosting.Listening;
using Overseer.Hosting.Reloading;
using Overseer.Hosting.Stdio;
using Overseer.Hosting.Tls;
using Overseer.Hub;
using Overseer.Input;
using Overseer.Lifecycle;
using Overseer.Metrics;
using Overseer.Metrics.Otlp;
using Overseer.Recorder.Cgroups;
using Overseer.Recorder.Flight;
using Overseer.Recorder.Journal;
using Overseer.Recorder.Wire;
using Overseer.Registry;
using Overseer.Retention;
using Overseer.Server;
using Overseer.Server.Audit;
using Overseer.Server.Trust;
using Overseer.Signals;
using Overseer.Storage;
using Overseer.Streams;
using Overseer.Streams.SeqIndex;
using Overseer.Supervision;

namespace Overseer.Hosting;

/// <summary>A running server: recorder, engine, streams and listeners.</summary>
public sealed class OverseerServer : IAsyncDisposable
{
    private static readonly Task Never = new TaskCompletionSource().Task;
    private static readonly TimeSpan ConnectionDrain = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan StopMargin = TimeSpan.FromSeconds(5);

    private readonly OverseerConfiguration _configuration;
    private readonly ConfigurationReloader _reloader;
    private readonly PlaceLock _lock;
    private readonly ILoggerFactory _logs;
    private readonly Supervisor _supervisor;
    private readonly ITaskStore _store;
    private readonly RecorderKeeper _recorder;
    private readonly EffectPerformer _performer;
    private readonly TaskEventLog? _eventLog;
    private readonly JournalRetention _retention;
    private readonly OverseerMetrics _metrics;
    private readonly List<Effect> _restored = [];
    private readonly InputDesk _input;
    private readonly AuditLog _audit;
    private readonly HostedRuns _hosted;
    private readonly RegistryHost _registry;
    private readonly FrontDoor _door;
    private readonly ConnectionSweeper _sweeper;
    private readonly HubRounds _rounds;
    private readonly ServerLimits _limits;
    private readonly ServerContext _context;
    private readonly TimeProvider _clock;
    private ServerCertificates? _certificates;
    private WebServer? _web;
    private StdioClient? _stdio;
    private GoprocListener? _goproc;
    private IDisposable? _metricsExport;
    private int _stopped;

    private OverseerServer(CheckedConfiguration first, Func<CheckedConfiguration>? readAgain, PlaceLock placeLock, ILoggerFactory logs, TimeProvider clock, RecorderChoice recorder)
    {
        var (configuration, actions) = (first.Configuration!, first.Actions);
        _configuration = configuration;
        _lock = placeLock;
        _logs = logs;
        _clock = clock;
        _limits = DescriptorBudget.Fit(configuration.ForConnections(), logs.CreateLogger("Overseer.Hosting"));
        var places = configuration.Places;
        var gaps = new GapCounts();
        var streams = new StreamRegistry(places.JournalDirectory, new StreamOptions
        {
            RingBytes = configuration.Limits.StreamBufferBytes,
            TotalBytes = configuration.Limits.TotalStreamBufferBytes,
            Starts = configuration.EventLog is not null,
            Rotated = gaps.Rotated,
        }, new OutputFilters(OutputFilters.Of(actions)));
        var requesters = new RequesterDirectory();
        var bootId = BootId.Read();
        var journal = configuration.ForJournals();
        _performer = new EffectPerformer(streams, requesters, journal, clock, logs.CreateLogger<EffectPerformer>());
        var options = configuration.ForEngine(bootId);
        var engine = new TaskEngine(actions, options, clock, Guid.NewGuid, new Random().NextDouble);
        streams.ActionOf = taskId => engine.Find(taskId)?.Action;
        _store = OpenStore(configuration);
        _metrics = new OverseerMetrics(actions, configuration.Pools, engine, streams, gaps, clock);
        streams.Grew = _metrics.Output.Grew;
        FlightPage? flight = null;
        try
        {
            var stored = Restore(engine, streams);
            RegistryHost.Restore(configuration, stored, engine, options, clock, _restored, logs);
            _eventLog = OpenEventLog(configuration, streams, stored);
            _performer.EventLog = _eventLog;
            _supervisor = new Supervisor(engine, _store, _performer, clock, logs.CreateLogger<Supervisor>()) { Decided = _metrics.Tasks.Decided };
            flight = FlightPage.Open(places.FlightPage);
            flight.ReleaseAllBut(stored.Runs.Where(run => run.Phase == TaskPhase.Starting).Select(run => run.RunId.Value).ToHashSet());
            IRecorderSource source = recorder == RecorderChoice.InProcess
                ? new InProcessRecorderSource(places, flight)
                : new RecorderProcessSource(places, stored.Epoch, launch: configuration.Recorder == RecorderMode.Launch);
            _recorder = new RecorderKeeper(source, streams, flight, journal, bootId, _supervisor.Post, clock, logs.CreateLogger<RecorderKeeper>());
            _performer.Groups = Groups(configuration, stored, recorder == RecorderChoice.InProcess ? 0 : _recorder.RecorderPid, clock);
            _performer.Recorder = _recorder;
            var hub = new HubContext(streams, _metrics.Hub, clock, logs.CreateLogger("Overseer.Hub"));
            var sessions = new SessionDirectory(hub, engine, new EngineCaller(requesters, _supervisor.Post), () => HubOf(_context!).MaxSessions, () => HubOf(_context!).SessionTimeout);
            _performer.Hosted = _hosted = new HostedRuns([new SessionHost(sessions), .. first.CreateHosts(logs, clock)], streams, journal, _supervisor.Post, _recorder.CloseJournal, clock, logs.CreateLogger<HostedRuns>());
            var lifecycle = new LifecycleFeed(engine.Find, configuration.Limits.MaxLifecycleEvents, clock);
            _performer.Lifecycle = lifecycle;
            _registry = new RegistryHost(configuration, bootId, _supervisor, _performer, requesters, lifecycle, clock, logs);
            _performer.Registry = _registry;
            _retention = Retention(configuration, new ServerJournals(engine, streams, _recorder.CloseJournal), journal, clock);
            streams.SegmentBegan = _retention.SegmentBegan;
            _input = new InputDesk(engine, _recorder, configuration.Limits.MaxInputBytes);
            _audit = new AuditLog(configuration.AuditFile, configuration.Limits.MaxAuditedRefusals, logs.CreateLogger(AuditLog.Category), clock);
            var access = AccessRules.Of(configuration);
            var context = _context = new ServerContext(_supervisor, streams, requesters, lifecycle, _limits, clock, logs.CreateLogger("Overseer.Server"))
            {
                Metrics = _metrics,
                Sessions = sessions,
                MaxLineBytes = configuration.Limits.MaxLineBytes,
                Input = _input,
                SessionList = new SessionList(engine, sessions),
                Registry = _registry.Requests,
                ReloadAsync = who => _reloader!.ReloadAsync(who),
                Signals = new SignalDesk(engine, _recorder, _hosted, run => _performer.Groups.Find(run)),
                Audit = _audit,
                Access = new AccessControl(access, _audit),
                Commands = new CommandPolicy(configuration.Commands, configuration.PinnedCommand),
                Protocol = configuration.Protocol.ToProfile(),
            };
            HostingLog.Trust(context.Log, access.Peers.Summary);
            _door = new FrontDoor(context, Health);
            _sweeper = new ConnectionSweeper(_door.Connections, context);
            _rounds = new HubRounds(_door.Connections, context);
            _reloader = new ConfigurationReloader(first, readAgain, _supervisor, _performer, streams, bootId, LiveParts(context, lifecycle), logs.CreateLogger("Overseer.Hosting"));
            _metrics.Server = () => new ServerReading(
                _recorder.Status.Problem is null, _recorder.RecorderPid, _supervisor.StoreProblem is not null, _retention.Bytes, _door.Connections.Count);
            _metrics.HubStands = () => new HubReading(sessions.Count, [.. _door.Connections.All.OfType<HubConnection>().Select(connection => connection.Role)]);
        }
        catch (Exception e)
        {
            // In reverse; what was not made yet is not there. Tasks go on: they are the next server's.
            _audit?.DisposeAsync().AsTask().Wait();
            _input?.Dispose();
            _registry?.Processes.Dispose();
            _hosted?.DisposeAsync().AsTask().Wait();
            _performer.Groups.Dispose();
            _recorder?.Dispose();
            flight?.Dispose();
            _eventLog?.DisposeAsync().AsTask().Wait();
            _store.Dispose();
            _metrics.Dispose();
            if (e is RecorderUnavailableException or StoreException or EventLogException or SnapshotException or IOException)
            {
                throw new StartupException(e is RecorderUnavailableException ? $"the recorder cannot be started: {e.Message}" : e.Message, e);
            }

            throw;
        }
    }

    /// <summary>Where the server listens, as clients would write it.</summary>
    public IReadOnlyList<string> Addresses { get; private set; } = [];

    /// <summary>Whether a client speaks over standard input and output: nothing else may be written there.</summary>
    public bool UsesStandardOutput => _configuration.Goproc is not { Alone: true } && _configuration.Listen.Any(address => address is ListenAddress.Stdio);

    /// <summary>Completes when standard input has ended, if a client speaks there; that is to end the server.</summary>
    public Task InputEnded => _stdio?.InputEnded ?? Never;

    /// <summary>The certificate of encrypted connections; null when there are none.</summary>
    internal ServerCertificates? Certificates => _certificates;

    /// <summary>Starts a server.</summary>
    /// <param name="configuration">A configuration without errors.</param>
    /// <param name="logs">Where the server logs.</param>
    /// <param name="clock">Time.</param>
    /// <param name="recorder">Where the recorder runs.</param>
    /// <param name="readAgain">Reads the configuration again, from where it came from; without it there is no reload.</param>
    /// <exception cref="StartupException">It cannot be started; the message says what to do.</exception>
    internal static async Task<OverseerServer> StartAsync(
        CheckedConfiguration configuration, ILoggerFactory logs, TimeProvider clock, RecorderChoice recorder, Func<CheckedConfiguration>? readAgain = null)
    {
        var placeLock = PlaceLock.Take(configuration.Configuration!.Places);
        OverseerServer server;
        try
        {
            server = new OverseerServer(configuration, readAgain, placeLock, logs, clock, recorder);
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
            // Tasks of an earlier server are none of this one's failure.
            await server.StopAsync(keepTasks: true);
            throw;
        }
    }

    /// <summary>The registry as goproc knows it.</summary>
    internal ProcessRegistry Registry => _registry.Registry;

    /// <summary>What HTTP requests meet.</summary>
    internal FrontDoor Door => _door;

    /// <summary>Who hears what happens.</summary>
    internal RequesterDirectory Requesters => _context.Requesters;

    /// <summary>Completes when the engine has taken a turn; a server whose engine does not is no good to anybody.</summary>
    internal Task EngineTurnAsync() => _supervisor.TurnAsync();

    /// <summary>Lets the event log, and the audit log, go on in the files that their paths lead to now: somebody has moved them. Harmless without any.</summary>
    internal void ReopenEventLog()
    {
        _eventLog?.Reopen();
        _audit.Reopen();
    }

    /// <summary>Decides by other rules who may come in, and what may be done, from now on. Connections that these would not let in, or would allow less, are closed.</summary>
    internal void Replace(AccessRules rules) => _door.Replace(rules);

    /// <summary>Reads the configuration again and goes by it, if nothing is wrong with it.</summary>
    internal async Task<ReloadResult> ReloadAsync(string who)
    {
        var result = await _reloader.ReloadAsync(who);
        var caller = new Caller { Name = who, IsOwner = true, Grant = Grant.Everything };
        if (result.Errors.Count > 0)
        {
            _audit.Refused(caller, 0, new AuditedRequest("reload", "", ""), string.Join("; ", result.Errors));
        }
        else
        {
            _audit.Done(caller, 0, new AuditedRequest("reload", "", ""), $"{result.Changed.Count} changes");
        }

        return result;
    }

    /// <summary>Stops every task, or leaves them with their recorder, lets clients hear of it, and ends. Bounded in time; doing it twice is harmless.</summary>
    public Task StopAsync() => StopAsync(_reloader.Current.Shutdown.KeepTasks);

    private async Task StopAsync(bool keepTasks)
    {
        if (Interlocked.Exchange(ref _stopped, 1) != 0)
        {
            return;
        }

        _reloader.Dispose();
        var log = _logs.CreateLogger("Overseer.Hosting");
        var keep = keepTasks && _recorder.Status is not RecorderStatus.Gone && !_supervisor.Engine.IsIdle;
        if (!keep && !await _supervisor.StopAllAsync(_reloader.Current.Shutdown.Grace, StopMargin))
        {
            HostingLog.StopIncomplete(log);
        }

        // The last SIGKILL is still on its way when no run is left; each is bounded by the patience of a kill.
        await _performer.SignalsSentAsync();

        try
        {
            await CloseConnectionsAsync();
        }
        finally
        {
            // Whatever happened to the connections: a recorder that is not told would wait for a server for ever.
            await _hosted.DisposeAsync();
            await _supervisor.DisposeAsync();
            if (_eventLog is not null)
            {
                await _eventLog.StopAsync(everything: !keep);
            }

            await _audit.DisposeAsync();
            _metricsExport?.Dispose();
            _input.Dispose();
            _registry.Dispose();
            await _retention.DisposeAsync();
            if (!keep && _configuration.Recorder == RecorderMode.Launch)
            {
                _recorder.Shutdown();
            }

            _performer.Groups.Dispose();
            _recorder.Dispose();
            _store.Dispose();
            _metrics.Dispose();
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
        _rounds.Dispose();
        await (_stdio?.Served ?? Task.CompletedTask);
        if (_goproc is { } goproc)
        {
            using var drain = new CancellationTokenSource(ConnectionDrain);
            await goproc.StopAsync(drain.Token);
            goproc.Dispose();
        }

        if (_web is { } web)
        {
            await web.DisposeAsync();
        }

        _certificates?.Dispose();
    }

    private static HubOptions HubOf(ServerContext context) => context.Access.Rules.Hub?.Options ?? new HubOptions();

    private static ITaskStore OpenStore(OverseerConfiguration configuration)
    {
        try
        {
            return TaskStores.Open(configuration);
        }
        catch (StoreException e)
        {
            throw new StartupException(e.Message, e);
        }
    }

    private StoredState Restore(TaskEngine engine, StreamRegistry streams)
    {
        var stored = _store.Load();
        engine.Restore(stored, _restored);
        _metrics.Restore(stored);
        var runs = stored.Runs.ToLookup(run => run.Task);
        foreach (var task in stored.Tasks)
        {
            streams.Restore(task.TaskId, task.JournalId, [.. runs[task.Number]], task.Action);
        }

        streams.RememberFilters();
        return stored;
    }

    private TaskEventLog? OpenEventLog(OverseerConfiguration configuration, StreamRegistry streams, StoredState stored)
    {
        var directory = configuration.Places.EventLogDirectory;
        if (configuration.EventLog is { } options)
        {
            return TaskEventLog.Open(options, directory, streams, stored, _logs.CreateLogger<TaskEventLog>());
        }

        TaskEventLog.Forget(directory);
        return null;
    }

    private RunGroupKeeper Groups(OverseerConfiguration configuration, StoredState stored, int recorderPid, TimeProvider clock)
    {
        var log = _logs.CreateLogger<RunGroupKeeper>();
        if (configuration.Cgroups == CgroupMode.Off)
        {
            return new RunGroupKeeper(null, clock, log);
        }

        var groups = RunGroupKeeper.Open(configuration.Places.StateDirectory, recorderPid, configuration.Places.CgroupMemory, clock, log);
        var phases = stored.Runs.ToDictionary(run => run.RunId.Value, run => run.Phase);
        groups.RemoveLeftovers(run => !phases.TryGetValue(run, out var phase) ? RunStanding.Unknown : phase == TaskPhase.Ended ? RunStanding.Ended : RunStanding.Live);
        return groups;
    }

    // A database that is new, or none, knows of no task: what lies there then may be all that is left of another one that was put aside.
    private JournalRetention Retention(OverseerConfiguration configuration, ServerJournals journals, JournalOptions writing, TimeProvider clock)
    {
        var root = configuration.Places.JournalDirectory;
        var retention = new JournalRetention(root, journals, RetentionOptions.Of(configuration.Limits, root), writing, clock, _logs.CreateLogger<JournalRetention>());
        if (configuration.DatabaseFile is not null && journals.Owners.Count > 0)
        {
            retention.DeleteUnowned();
        }

        return retention;
    }

    private IReadOnlyList<LivePart> LiveParts(ServerContext context, LifecycleFeed lifecycle) =>
    [
        new() { Use = next => _retention.Use(RetentionOptions.Of(next.Limits, next.Places.JournalDirectory)) },
        new() { Use = next => (lifecycle.Most, _input.MaxBytes) = (next.Limits.MaxLifecycleEvents, next.Limits.MaxInputBytes) },
        new()
        {
            Use = next =>
            {
                context.Limits = DescriptorBudget.Fit(next.ForConnections(), _logs.CreateLogger("Overseer.Hosting"));
                _sweeper.Adjust();
            },
        },
        new()
        {
            Use = next =>
            {
                (context.Commands, context.Protocol) = (new CommandPolicy(next.Commands, next.PinnedCommand), next.Protocol.ToProfile());
                _door.Replace(AccessRules.Of(next));
                _rounds.Adjust();
            },
        },
        new()
        {
            Problem = next => next.EventLog is { } log ? _eventLog?.ProblemWith(log) : null,
            Use = next =>
            {
                if (next.EventLog is { } log)
                {
                    _eventLog?.Use(log);
                }
            },
        },
        // The last: if nothing else is wrong, the files themselves may have changed. A certificate that is wrong leaves the one that is used, and refuses the reload.
        new() { Problem = _ => _certificates?.Reload(), Use = static _ => { } },
    ];

    private HealthReport Health()
    {
        var problem = _supervisor.EngineProblem ?? _recorder.Status.Problem ?? (_supervisor.StoreProblem is { } store ? $"the state cannot be stored: {store}" : null);
        return new HealthReport(problem is null, problem, _supervisor.Engine.Count, _door.Connections.Count) { EventLogProblem = _eventLog?.Problem };
    }

    private async Task ListenAsync()
    {
        // First, so that stopping has somebody to ask, whatever fails below.
        _supervisor.Start(_restored);
        _eventLog?.Start();
        _retention.Start();
        _registry.Start();
        if (_configuration.Tls is { } tls)
        {
            _certificates = new ServerCertificates(tls, _clock, _logs.CreateLogger("Overseer.Hosting"));
            _certificates.Watch();
        }

        if (_configuration.Goproc is not { Alone: true })
        {
            _web = await WebServer.StartAsync(_configuration, _limits, _door, _certificates, _logs, _clock);
            Addresses = _web.Addresses;
            if (UsesStandardOutput)
            {
                _stdio = StdioClient.Start(_context, _door.Connections, StandardStreams.OfThisProcess());
                Addresses = [.. Addresses, "stdio"];
            }
        }

        if (_configuration.Goproc is { } goproc)
        {
            var limits = new GrpcServerOptions { MaxMessageBytes = _configuration.Limits.MaxMessageBytes, MaxConnections = _configuration.Limits.MaxConnections };
            var calls = new GoprocCalls(_registry.Registry, _metrics.TaskProcesses, new GoprocAudit(_audit));
            _goproc = await GoprocListener.StartAsync(GoprocPlaces.Find(goproc.Socket, Environment.GetEnvironmentVariable), calls, limits, _clock, _logs);
            Addresses = [.. Addresses, "goproc:" + _goproc.Socket];
        }

        _sweeper.Start();
        _rounds.Start();
        _metricsExport = OtlpExport.Start(Environment.GetEnvironmentVariable, _logs.CreateLogger("Overseer.Metrics"));
    }
}
