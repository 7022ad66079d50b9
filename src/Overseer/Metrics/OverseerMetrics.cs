using System.Diagnostics.Metrics;
using Overseer.Core.Drivers;
using Overseer.Core.Pools;
using Overseer.Core.Tasks;
using Overseer.Core.Tasks.Storage;
using Overseer.Metrics.Prometheus;
using Overseer.Processes;
using Overseer.Streams;

namespace Overseer.Metrics;

/// <summary>
/// What is counted, and the instruments that show it: one meter, from which the protocol's answers, the page for Prometheus and the export by OTLP take their numbers. Counting costs an
/// addition; instruments are asked only when somebody collects.
/// </summary>
internal sealed class OverseerMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Overseer";

    private static readonly ServerReading NothingYet = new(RecorderUp: false, RecorderPid: 0, StoreFails: false, JournalBytes: 0, Connections: 0);
    private static readonly HubReading NoHub = new(Sessions: 0, []);

    private readonly Recent<TaskCensus> _census;
    private readonly Recent<StreamLoad> _streams;
    private readonly Recent<ServerReading> _server;
    private readonly Recent<HubReading> _hub;
    private readonly Recent<ProcessReadings> _processes;
    private readonly Recent<ProcessLook> _look;

    /// <summary>Makes the meter.</summary>
    public OverseerMetrics(ActionCatalog actions, PoolPlan pools, TaskEngine engine, StreamRegistry streams, GapCounts gaps, TimeProvider clock)
    {
        Gaps = gaps;
        Meter = new Meter(MeterName, Version);
        Counts = new CountsByAction(actions);
        var limits = new PoolLimits(pools);
        _census = new Recent<TaskCensus>(() => new TaskCensus(engine.Tasks, Counts), clock);
        _streams = new Recent<StreamLoad>(streams.Load, clock);
        _server = new Recent<ServerReading>(() => Server(), clock);
        _hub = new Recent<HubReading>(() => HubStands(), clock);
        _processes = new Recent<ProcessReadings>(() => ProcessReadings.Take(_server.Value.RecorderPid), clock);
        TaskInstruments.Create(Meter, Counts, _census, limits);
        Tasks = new TaskCounting(Counts, Accounts, limits, TaskInstruments.QueueWait(Meter));
        Output = new OutputCounting(streams, engine, Counts, Gaps);
        StreamInstruments.Create(Meter, Counts, Gaps, _streams);
        ServerInstruments.Create(Meter, _server);
        HubInstruments.Create(Meter, Hub, _hub);
        var sampler = new ProcessSampler(() => engine.Tasks, clock);
        _look = new Recent<ProcessLook>(sampler.Look, clock);
        TaskProcesses = new ProcessAnswers(sampler);
        ProcessGauges.Create(Meter, Counts, _look);
        ProcessInstruments.Create(Meter, "overseer.recorder", "the recorder", () => _processes.Value.Recorder);
        ProcessInstruments.Create(Meter, "process", "the server", () => _processes.Value.Own);
        Page = new MetricsPage(this);
        Answers = new MetricsAnswers(this, engine, streams, clock);
    }

    /// <summary>The version that runs.</summary>
    public static string Version { get; } = typeof(OverseerMetrics).Assembly.GetName().Version?.ToString(3) ?? "0";

    /// <summary>The instruments.</summary>
    public Meter Meter { get; }

    /// <summary>What happened, by action.</summary>
    public CountsByAction Counts { get; }

    /// <summary>What is missing.</summary>
    public GapCounts Gaps { get; }

    /// <summary>What the hub was told and has refused.</summary>
    public HubCounts Hub { get; } = new();

    /// <summary>What is kept of each task.</summary>
    public TaskAccounts Accounts { get; } = new();

    /// <summary>Counts what the engine publishes.</summary>
    public TaskCounting Tasks { get; }

    /// <summary>Counts what the recorder records.</summary>
    public OutputCounting Output { get; }

    /// <summary>The answers to `metrics`.</summary>
    public MetricsAnswers Answers { get; }

    /// <summary>The answers to `processes`.</summary>
    public ProcessAnswers TaskProcesses { get; }

    /// <summary><c>GET /metrics</c>.</summary>
    public MetricsPage Page { get; }

    /// <summary>Says how the server's parts stand; set when they are there.</summary>
    public Func<ServerReading> Server { get; set; } = static () => NothingYet;

    /// <summary>Says how the hub stands; set when it is there.</summary>
    public Func<HubReading> HubStands { get; set; } = static () => NoHub;

    /// <summary>Takes up what an earlier server left.</summary>
    public void Restore(StoredState stored) => Accounts.Restore(stored);

    /// <summary>A collection begins: nothing that was looked at before it is shown in it.</summary>
    public void Renew()
    {
        _server.Renew();
        _hub.Renew();
        _census.Renew();
        _streams.Renew();
        _processes.Renew();
        _look.Renew();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Page.Dispose();
        Meter.Dispose();
    }
}
