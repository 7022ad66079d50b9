using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Overseer.Core.Drivers;
using Overseer.Core.Tasks;
using Overseer.Drivers.Docker.Engine;

namespace Overseer.Drivers.Docker;

/// <summary>Carries out runs that are containers. A container that runs costs two connections to its engine, and no thread.</summary>
internal sealed class DockerHost : IRunHost
{
    /// <summary>Containers that are created and started at one time: an engine does it no faster when more are asked for.</summary>
    private const int MostStarting = 16;

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<RunId, ContainerRun> _runs = new();
    private readonly ConcurrentDictionary<string, EngineClient> _engines = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Task, bool> _removals = new();
    private readonly CancellationTokenSource _end = new();
    private readonly StateIdentity _identity;
    private readonly IReadOnlyList<string> _configured;
    private volatile IReadOnlySet<RunId> _pending = new HashSet<RunId>();

    /// <summary>Makes it; nothing is asked of an engine yet.</summary>
    /// <param name="identity">Whose containers they are.</param>
    /// <param name="configured">The engines that actions name.</param>
    /// <param name="log">The log.</param>
    /// <param name="clock">Time.</param>
    public DockerHost(StateIdentity identity, IReadOnlyList<string> configured, ILogger log, TimeProvider clock)
    {
        (_identity, _configured, Log, Clock) = (identity, configured, log, clock);
    }

    /// <inheritdoc/>
    public string Name => DockerDriver.Name;

    /// <summary>The log.</summary>
    public ILogger Log { get; }

    /// <summary>Time.</summary>
    public TimeProvider Clock { get; }

    /// <summary>Held while a container is created and started.</summary>
    public SemaphoreSlim Starting { get; } = new(MostStarting);

    /// <summary>Whose containers they are.</summary>
    /// <exception cref="IOException">That is not known.</exception>
    public string Identity => _identity.Value;

    /// <summary>The client for an engine.</summary>
    public EngineClient EngineAt(string socket) => _engines.GetOrAdd(socket, path => new EngineClient(path, Clock));

    /// <inheritdoc/>
    public void Begin(IHostedRun run, HostedPlan plan) =>
        Begin(new ContainerRun(run, DockerReference.Read(run.Reference), plan.Work as DockerWork, started: false, mayBeThere: _pending.Contains(run.RunId), this, _end.Token), run.RunId);

    /// <inheritdoc/>
    public void Resume(IHostedRun run) =>
        Begin(new ContainerRun(run, DockerReference.Read(run.Reference), work: null, started: true, mayBeThere: true, this, _end.Token), run.RunId);

    /// <inheritdoc/>
    public void Recovered(IReadOnlySet<RunId> pending)
    {
        _pending = pending;
        foreach (var engine in _configured.Concat(_runs.Values.Select(run => run.Reference.Engine)).Distinct(StringComparer.Ordinal).ToList())
        {
            Keep(ClearAsync(EngineAt(engine)));
        }
    }

    /// <inheritdoc/>
    public void Signal(RunId run, int signal)
    {
        if (_runs.TryGetValue(run, out var found)) found.Signal(signal);
    }

    /// <inheritdoc/>
    public void Settled(RunId run)
    {
        if (_runs.TryRemove(run, out var found) && found.Reference is { Foreign: false, AutoRemove: true } reference) Keep(RemoveAsync(EngineAt(reference.Engine), reference.Container));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll([.. _runs.Values.Select(run => run.EndedAsync()), .. _removals.Keys]);
        foreach (var engine in _engines.Values) engine.Dispose();
        _end.Dispose();
        Starting.Dispose();
    }

    private void Begin(ContainerRun run, RunId id)
    {
        _runs[id] = run;
        run.Begin();
    }

    /// <summary>Removes a container, however long its engine is away.</summary>
    private async Task RemoveAsync(EngineClient engine, string container)
    {
        var pause = new Pause(LongestPause, Clock);
        while (true)
        {
            try
            {
                await engine.RemoveAsync(container, force: true, _end.Token);
                return;
            }
            catch (OperationCanceledException)
            {
                // The next server clears it away.
                return;
            }
            catch (EngineRefusedException e)
            {
                DockerHostLog.NotRemoved(Log, container, e.Message);
                return;
            }
            catch (EngineUnreachableException)
            {
                // Not at once.
            }

            if (!await WaitAsync(pause)) return;
        }
    }

    /// <summary>Clears away what earlier servers of this state directory left at an engine: containers whose end is stored, and those that nobody wanted any more before they could say that they run.</summary>
    private async Task ClearAsync(EngineClient engine)
    {
        var pause = new Pause(LongestPause, Clock);
        while (true)
        {
            try
            {
                foreach (var container in await engine.ListAsync($"{DockerLabels.Server}={Identity}", _end.Token)) await ClearAsync(engine, container);
                return;
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception e) when (e is EngineRefusedException or IOException or UnauthorizedAccessException)
            {
                DockerHostLog.NotCleared(Log, e.Message);
                return;
            }
            catch (EngineUnreachableException)
            {
                // Starts say so, and need it more.
            }

            if (!await WaitAsync(pause)) return;
        }
    }

    private async Task ClearAsync(EngineClient engine, ContainerSummary container)
    {
        if (container.Labels?.GetValueOrDefault(DockerLabels.RunId) is not { } text || !Guid.TryParse(text, out var id)) return;
        var run = new RunId(id);
        if (_runs.ContainsKey(run) || _pending.Contains(run)) return;
        if (container.Labels.GetValueOrDefault(DockerLabels.AutoRemove) == "true")
        {
            await engine.RemoveAsync(container.Id, force: true, _end.Token);
            DockerHostLog.Cleared(Log, container.Id);
        }
        else if (container.State == "running")
        {
            await engine.KillAsync(container.Id, PosixSignalName.Sigkill, _end.Token);
        }
    }

    private async Task<bool> WaitAsync(Pause pause)
    {
        try
        {
            await pause.WaitAsync(_end.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private void Keep(Task task)
    {
        _removals[task] = true;
        _ = task.ContinueWith(done => _removals.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }
}
