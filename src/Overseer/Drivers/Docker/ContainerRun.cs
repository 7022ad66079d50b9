// One run, from the wish for a container to its end.
//
// What must hold: a container is started once, whoever dies in between. Its name is made of the run's id, and an engine has each name once; one that is found is started only if it never was. An engine takes
// the start of a container and the look at it one after the other, so a start that a dead server has sent off is seen. Where an engine answers no more, whatever was asked of it may have been done: once a
// container may be there, nothing is given up before the engine has said what became of it.
//
// The engine is told neither to remove the container at its end nor to start it again: its exit would be lost with the one, and not be ours with the other.

using Microsoft.Extensions.Logging;
using Overseer.Core.Drivers;
using Overseer.Core.Tasks;
using Overseer.Drivers.Docker.Engine;

namespace Overseer.Drivers.Docker;

/// <summary>Carries out one run. <see cref="RunAsync"/> is called once; <see cref="Signal"/> may be called at any time.</summary>
internal sealed class ContainerRun
{
    private const int SigkillCode = 128 + PosixSignalName.Sigkill;
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>How long an engine has to send the rest of the output of a container that is over; what does not come is asked for once more.</summary>
    private static readonly TimeSpan RestPatience = TimeSpan.FromSeconds(3);

    /// <summary>How far back an end is looked for that nobody has seen.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromDays(1);

    private readonly Lock _gate = new();
    private readonly IHostedRun _run;
    private readonly DockerReference _reference;
    private readonly DockerWork? _work;
    private readonly EngineClient _engine;
    private readonly DockerHost _host;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly ContainerOutput _output;
    private readonly ContainerSignals _signals;
    private readonly Pause _pause;
    private readonly CancellationTokenSource _beforeStart = new();
    private readonly CancellationToken _end;
    private string _container;
    private string? _stopSignal;
    private int? _code;
    private DateTimeOffset _seenAt;
    private bool _isStarted;
    private bool _mayBeThere;
    private bool _isLaunched;
    private bool _isUnreachable;

    /// <summary>Makes it.</summary>
    /// <param name="run">The run.</param>
    /// <param name="reference">What its container is found by.</param>
    /// <param name="work">What is to become of it; null when it is there.</param>
    /// <param name="started">Whether its start was reported by an earlier server.</param>
    /// <param name="mayBeThere">Whether an earlier server may have started it.</param>
    /// <param name="host">Has what the runs share.</param>
    /// <param name="end">The end of the server.</param>
    public ContainerRun(IHostedRun run, DockerReference reference, DockerWork? work, bool started, bool mayBeThere, DockerHost host, CancellationToken end)
    {
        (_run, _reference, _work, _isStarted, _mayBeThere, _host, _end) = (run, reference, work, started, mayBeThere, host, end);
        (_clock, _log) = (host.Clock, host.Log);
        _engine = host.EngineAt(reference.Engine);
        _container = reference.Container;
        _output = new ContainerOutput(run, _engine, _clock, _log);
        _signals = new ContainerSignals(run.TaskId, _engine, _clock, _log);
        _pause = new Pause(LongestPause, _clock);
        _seenAt = _clock.GetUtcNow();
    }

    /// <summary>Completes when the run is reported as over, or the server ends.</summary>
    public Task Done { get; private set; } = Task.CompletedTask;

    /// <summary>What its container is found by.</summary>
    public DockerReference Reference => _reference;

    /// <summary>Completes when nothing is done about it any more.</summary>
    public async Task EndedAsync()
    {
        await Done;
        await _signals.SentAsync();
    }

    /// <summary>Begins.</summary>
    public void Begin() => Done = Task.Run(RunAsync, CancellationToken.None);

    /// <summary>Sends a signal to the container; before there is one, that is the end of the start. A stop that came too late for that is asked for again by the engine of tasks.</summary>
    public void Signal(int signal)
    {
        lock (_gate)
        {
            if (!_isStarted)
            {
                _ = _beforeStart.CancelAsync();
                return;
            }

            _signals.Send(_container, signal == PosixSignalName.Sigterm && _reference.Foreign ? StopSignal() : signal, _end);
        }
    }

    private async Task RunAsync()
    {
        while (true)
        {
            try
            {
                if (_isStarted || await StartAsync()) await WatchAsync();
                return;
            }
            catch (OperationCanceledException) when (_end.IsCancellationRequested)
            {
                return;
            }
            catch (EngineUnreachableException e) when (!_isStarted && !_mayBeThere)
            {
                _run.Failed(e.Message);
                return;
            }
            catch (EngineRefusedException e) when (!_isStarted && !_isLaunched)
            {
                _run.Failed(e.Message);
                return;
            }
            catch (EngineUnreachableException e)
            {
                if (!_isUnreachable)
                {
                    DockerHostLog.Unreachable(_log, _run.TaskId, e.Message);
                    _run.Note("engine unreachable");
                }

                _isUnreachable = true;
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                DockerHostLog.Failed(_log, _run.TaskId, e);
            }

            try
            {
                await _pause.WaitAsync(_end);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <returns>False: nothing was started, and that is reported.</returns>
    private async Task<bool> StartAsync()
    {
        var found = await FindAsync();
        if (_reference.Foreign)
        {
            if (found is not { State.IsOver: false, State.IsNew: false })
            {
                _run.Failed(found is null ? $"no such container: {_container}" : $"container {_container} is not running");
                return false;
            }
        }
        else if (_isLaunched && found is null)
        {
            _run.Failed("its container was removed as soon as it was started");
            return false;
        }
        else if (!_isLaunched && (found is null || (found.State.IsNew && IsOurs(found))))
        {
            if (!await StartOwnAsync(found)) return false;
            _isLaunched = true;
            return await StartAsync();
        }
        else if (!IsOurs(found!))
        {
            throw new EngineRefusedException(System.Net.HttpStatusCode.Conflict, $"there is a container {_container} that is not of this run");
        }

        Report(found!);
        return true;
    }

    /// <summary>Creates the container if it is not there, and starts it.</summary>
    private async Task<bool> StartOwnAsync(ContainerDetails? found)
    {
        ContainerSpec spec;
        try
        {
            spec = _work!.Spec with { Labels = new Dictionary<string, string>(_work.Spec.Labels!, StringComparer.Ordinal) { [DockerLabels.Server] = _host.Identity } };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _run.Failed(e.Message);
            return false;
        }

        try
        {
            if (found is null) await NeedImageAsync(spec.Image);
        }
        catch (OperationCanceledException) when (_beforeStart.IsCancellationRequested)
        {
            // Said below.
        }

        await _host.Starting.WaitAsync(_end);
        try
        {
            if (!_beforeStart.IsCancellationRequested)
            {
                _mayBeThere = true;
                if (found is null) await CreateAsync(spec);
                if (!_beforeStart.IsCancellationRequested)
                {
                    await _engine.StartAsync(_container, _end);
                    return true;
                }
            }

            if (_mayBeThere) await DiscardAsync();
            _run.Failed("stopped before it was started");
            return false;
        }
        catch (EngineRefusedException e)
        {
            if (await DiscardAsync()) return true;
            _run.Failed(e.Message);
            return false;
        }
        finally
        {
            _host.Starting.Release();
        }
    }

    /// <summary>Removes what has not been started.</summary>
    /// <returns>True: it runs after all.</returns>
    private async Task<bool> DiscardAsync()
    {
        if (await FindAsync() is not { } container || !IsOurs(container)) return false;
        if (container.State.Status == "running") return true;
        await _engine.RemoveAsync(container.Id, force: true, _end);
        return false;
    }

    private async Task CreateAsync(ContainerSpec spec)
    {
        try
        {
            await _engine.CreateAsync(_container, spec, _end);
        }
        catch (EngineRefusedException) when (!_end.IsCancellationRequested)
        {
            // A creation that a dead server had sent off may have come between.
            if (await FindAsync() is not { State.IsNew: true } other || !IsOurs(other)) throw;
        }
    }

    private async Task NeedImageAsync(string image)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_end, _beforeStart.Token);
        if (_work!.Pull != PullPolicy.Always)
        {
            if (await _engine.FindImageAsync(image, either.Token) is not null) return;
            if (_work.Pull == PullPolicy.Never) throw new EngineRefusedException(System.Net.HttpStatusCode.NotFound, $"the engine at {_engine.Socket} has no image {image}, and pull is never");
        }

        _run.Note($"fetching {image}");
        try
        {
            await _engine.PullAsync(image, either.Token);
        }
        catch (EngineRefusedException e)
        {
            throw new EngineRefusedException(e.Status, $"image {image} cannot be fetched: {e.Message}");
        }

        _run.Note(null);
    }

    private async Task WatchAsync()
    {
        var again = new Pause(TimeSpan.FromSeconds(1), _clock);
        for (var looks = 0; ; looks++)
        {
            if (await FindAsync() is not { } container)
            {
                // Of a foreign one its engine may have been told to remove it: then that is how it ends.
                var code = _code ?? await FindExitAsync();
                Over(code ?? -1, default, code is not null && _reference.Foreign ? null : "its container was removed");
                return;
            }

            Report(container);
            if (container.State.IsOver)
            {
                await _output.FinishAsync(container, _end);
                Over(container.State.ExitCode, container.State.FinishedAt, Reason(container));
                return;
            }

            // On its way to the end, or started again by its engine.
            if (looks > 0) await again.WaitAsync(_end);
            _code = null;
            await FollowAsync(container);
        }
    }

    /// <summary>Follows a container until it does not run any more, or is gone.</summary>
    private async Task FollowAsync(ContainerDetails container)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_end);
        var over = new TaskCompletionSource();
        var wait = _engine.WaitAsync(container.Id, stop.Token);
        var copy = _output.FollowAsync(container, over.Task, stop.Token);
        try
        {
            // The copy ends before only when it fails.
            await await Task.WhenAny(wait, copy);
            _code = await wait;
            over.SetResult();
            await copy.WaitAsync(RestPatience, _clock, _end);
        }
        catch (EngineRefusedException)
        {
            // It is gone, as the next look says.
        }
        catch (TimeoutException)
        {
            // The rest is asked for.
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(wait, copy).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>The exit code of a container that is gone; null when its engine does not remember it.</summary>
    private async Task<int?> FindExitAsync()
    {
        try
        {
            return await _engine.FindExitAsync(_container, _seenAt - Look, _end);
        }
        catch (EngineRefusedException)
        {
            return null;
        }
    }

    private void Over(int code, DateTimeOffset at, string? reason)
    {
        if (reason is not null) _run.Note(reason);
        _run.Exited(code, 0, at > DateTimeOffset.UnixEpoch ? at : _clock.GetUtcNow());
    }

    private string? Reason(ContainerDetails container)
    {
        if (container.State.OOMKilled) return "out of memory: killed by the kernel";
        if (container.State.ExitCode != SigkillCode || _signals.WasKilled || container.HostConfig?.Memory is not > 0) return null;

        // Not every engine hears of it from the kernel.
        return "killed by somebody else than Overseer; probably out of memory, as it has a limit";
    }

    private async Task<ContainerDetails?> FindAsync()
    {
        var found = await _engine.FindAsync(_container, _end);
        if (_isUnreachable)
        {
            DockerHostLog.Reachable(_log, _run.TaskId, _engine.Socket);
            _run.Note(null);
            _isUnreachable = false;
        }

        _pause.Reset();
        return found;
    }

    /// <summary>Says that it runs, once.</summary>
    private void Report(ContainerDetails container)
    {
        _stopSignal = container.Config?.StopSignal;
        if (_isStarted)
        {
            return;
        }

        var process = ContainerProcess.Find(container.State.Pid, container.Id);
        _run.Started(process.Pid, process.StartTime, container.State.StartedAt > DateTimeOffset.UnixEpoch ? container.State.StartedAt : _clock.GetUtcNow());
        lock (_gate)
        {
            _container = container.Id;
            _isStarted = true;
        }
    }

    private int StopSignal() => _stopSignal is { Length: > 0 } named && PosixSignalName.TryParse(named, out var signal) ? signal : PosixSignalName.Sigterm;

    private bool IsOurs(ContainerDetails container) => container.Label(DockerLabels.RunId) == _run.RunId.Value.ToString();
}
