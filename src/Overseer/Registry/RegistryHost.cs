using Microsoft.Extensions.Logging;
using Overseer.Configuration;
using Overseer.Core.Registry;
using Overseer.Core.Tasks;
using Overseer.Core.Tasks.Storage;
using Overseer.Drivers.Docker;
using Overseer.Lifecycle;
using Overseer.Recorder.Processes;
using Overseer.Supervision;

namespace Overseer.Registry;

/// <summary>The parts of the registry, put together.</summary>
internal sealed class RegistryHost : IDisposable
{
    private const int ManyEntries = 10_000;

    private readonly TaskEngine _engine;
    private readonly SnapshotWriter? _snapshot;

    /// <summary>Makes them; <see cref="Start"/> begins.</summary>
    public RegistryHost(
        OverseerConfiguration configuration, Guid bootId, Supervisor supervisor, EffectPerformer performer, RequesterDirectory requesters, LifecycleFeed lifecycle, TimeProvider clock, ILoggerFactory logs)
    {
        var engine = _engine = supervisor.Engine;
        Processes = new AdoptedProcesses(LivenessOptions.Of(configuration), () => performer.Recorder.RecorderPid, supervisor.Post, clock, logs.CreateLogger<AdoptedProcesses>());
        var caller = new EngineCaller(requesters, supervisor.Post);
        var adoption = new Adoption(Processes, bootId, clock);
        Registry = new ProcessRegistry(supervisor, caller, adoption, Processes.Signals, new TaskEnds(engine, lifecycle), clock);
        Requests = new RegistryRequests(engine, adoption, new ContainerAdoption(engine, caller, clock), caller, supervisor.Post);
        if (SnapshotOf(configuration) is { } file)
        {
            _snapshot = new SnapshotWriter(file, engine, clock, logs.CreateLogger<SnapshotWriter>());
        }
    }

    /// <summary>The processes behind adopted tasks.</summary>
    public AdoptedProcesses Processes { get; }

    /// <summary>The registry as goproc knows it.</summary>
    public ProcessRegistry Registry { get; }

    /// <summary>What clients of the overseer protocol do to it.</summary>
    public RegistryRequests Requests { get; }

    /// <summary>
    /// Takes up what there is of adopted processes: a snapshot of goproc's at the first start, and of those that an earlier server knew the ones that live. Before the engine takes commands.
    /// </summary>
    /// <exception cref="SnapshotException">There is a snapshot that cannot be used.</exception>
    public static void Restore(OverseerConfiguration configuration, StoredState stored, TaskEngine engine, EngineOptions options, TimeProvider clock, List<Effect> effects, ILoggerFactory logs)
    {
        if (SnapshotOf(configuration) is { } file && !stored.SnapshotTaken && stored.Adopted.Count == 0)
        {
            SnapshotImport.Run(file, engine, options, clock, effects, logs.CreateLogger<SnapshotWriter>());
        }

        // Here and not when they are watched: nobody is ever shown one that died while there was no server as alive.
        var now = clock.GetUtcNow();
        foreach (var task in engine.Registry.All.OfType<AdoptedTask>().ToList())
        {
            if (task.IsAlive && !ForeignProcess.Lives(new ProcessIdentity(task.Process.Pid, task.Process.StartTime)))
            {
                engine.Apply(new EngineCommand.AdoptedExited(task.Number, task.Process, ExitCode: null, Signal: 0, now), effects);
            }
        }
    }

    /// <summary>Begins to look after the processes.</summary>
    public void Start()
    {
        Processes.Start();
        if (_engine.Count > ManyEntries)
        {
            // Reading so many leaves more behind than they take, and a server that is idle would keep it for hours.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }
    }

    /// <summary>Hears what the engine did, on its loop.</summary>
    public void Take(Effect effect)
    {
        if (effect is Effect.StatusChanged { Status.Origin: TaskOrigin.Adopted } or Effect.AdoptedForgotten)
        {
            _snapshot?.Changed();
        }
    }

    /// <summary>Ends. The engine must have ended.</summary>
    public void Dispose()
    {
        Processes.Dispose();
        _snapshot?.Dispose();
    }

    private static string? SnapshotOf(OverseerConfiguration configuration) =>
        configuration.Goproc is { } goproc ? GoprocPlaces.Find(goproc.Socket, Environment.GetEnvironmentVariable).Snapshot : null;
}
