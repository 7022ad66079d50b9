// Another configuration for a server that runs. What must hold:
//  - Nothing changes unless everything can: the file is read and checked, every action built and every part asked, before the first of them is told.
//  - What concerns tasks changes in one step of the engine; what is launched behind it is of the new configuration, output filters included.
//  - One at a time; who comes meanwhile waits, and then reads the file as it is by then.

using Microsoft.Extensions.Logging;
using Overseer.Configuration;
using Overseer.Core.Tasks;
using Overseer.Streams;
using Overseer.Supervision;

namespace Overseer.Hosting.Reloading;

/// <summary>Reads the configuration again and has the server go by it. Thread-safe.</summary>
internal sealed class ConfigurationReloader : IDisposable
{
    private readonly Supervisor _supervisor;
    private readonly StreamRegistry _streams;
    private readonly Func<CheckedConfiguration>? _read;
    private readonly Guid _bootId;
    private readonly ILogger _log;
    private readonly IReadOnlyList<LivePart> _parts;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly CancellationTokenSource _ended = new();
    private TaskCompletionSource<(ReconfigureOutcome? Outcome, IReadOnlySet<string> Refiltered)> _step = NewStep();
    private CheckedConfiguration _current;

    /// <summary>Wires it.</summary>
    /// <param name="current">What is in force.</param>
    /// <param name="read">Reads the configuration from where it came from; null when it came from nowhere.</param>
    /// <param name="supervisor">Has the engine.</param>
    /// <param name="performer">Performs the engine's step.</param>
    /// <param name="streams">Have the output filters.</param>
    /// <param name="bootId">The present boot.</param>
    /// <param name="parts">What else goes by the configuration.</param>
    /// <param name="log">For what has changed, and for what is wrong.</param>
    public ConfigurationReloader(
        CheckedConfiguration current,
        Func<CheckedConfiguration>? read,
        Supervisor supervisor,
        EffectPerformer performer,
        StreamRegistry streams,
        Guid bootId,
        IReadOnlyList<LivePart> parts,
        ILogger log)
    {
        _current = current;
        _read = read;
        _supervisor = supervisor;
        _streams = streams;
        _bootId = bootId;
        _parts = parts;
        _log = log;
        performer.Reconfigured = Reconfigured;
    }

    /// <summary>What is in force.</summary>
    public OverseerConfiguration Current => Volatile.Read(ref _current).Configuration!;

    /// <summary>Reads the configuration again, and goes by it if nothing is wrong with it. Never throws.</summary>
    /// <param name="who">Who wants it, for the log.</param>
    public async Task<ReloadResult> ReloadAsync(string who)
    {
        try
        {
            await _turn.WaitAsync(_ended.Token);
            try
            {
                var result = await Task.Run(ReloadInTurnAsync, _ended.Token);
                Log(who, result);
                return result;
            }
            finally
            {
                _turn.Release();
            }
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
            return Refused("the server is shutting down");
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            ReloadLog.Failed(_log, who, e);
            return Refused($"internal error; the server's log has it: {e.Message}");
        }
    }

    /// <summary>Ends those that wait.</summary>
    public void Dispose() => _ended.Cancel();

    private static TaskCompletionSource<(ReconfigureOutcome? Outcome, IReadOnlySet<string> Refiltered)> NewStep() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static ReloadResult Refused(params IReadOnlyList<string> errors) => new() { Errors = errors };

    private async Task<ReloadResult> ReloadInTurnAsync()
    {
        if (_read is null)
        {
            return Refused("this server was started without a configuration that could be read again");
        }

        var next = _read();
        if (next.Configuration is not { } configuration)
        {
            return new ReloadResult { Errors = next.Errors, Warnings = next.Warnings };
        }

        if (configuration.File is null)
        {
            return Refused("there is no configuration file to read again; the server was started without --config and OVERSEER_CONFIG");
        }

        // Until here nothing was touched. A part that says that it can must not fail later; the last of them is asked when all others can.
        if (_parts.Select(part => part.Problem(configuration)).FirstOrDefault(problem => problem is not null) is { } wrong)
        {
            return new ReloadResult { Errors = [wrong], Warnings = next.Warnings };
        }

        _step = NewStep();
        _supervisor.Post(new EngineCommand.Reconfigure(next.Actions, configuration.ForEngine(_bootId)));
        var (outcome, refiltered) = await _step.Task.WaitAsync(_ended.Token);
        if (outcome is null)
        {
            return Refused("internal error; the server's log has it");
        }

        var unwritten = Refilter(refiltered);
        foreach (var part in _parts)
        {
            part.Use(configuration);
        }

        var result = ConfigurationDifference.Describe(_current, next, outcome);
        Volatile.Write(ref _current, next);
        return unwritten is null ? result : result with { Warnings = [.. result.Warnings, unwritten] };
    }

    // On the engine's loop: whoever is launched next is bound behind this. Running tasks may be printing, so they get their filter here.
    private void Reconfigured(Effect.Reconfigured step, IReadOnlySet<string> refiltered)
    {
        try
        {
            if (refiltered.Count > 0)
            {
                Refilter(refiltered, ended: false);
            }
        }
        finally
        {
            _step.TrySetResult((step.Outcome, refiltered));
        }
    }

    // There may be many ended tasks, and nobody waits for them: not on the engine's loop. One that is started meanwhile is bound with the same filter.
    private string? Refilter(IReadOnlySet<string> actions)
    {
        if (actions.Count == 0)
        {
            return null;
        }

        try
        {
            Refilter(actions, ended: true);
            _streams.RememberFilters();
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"the output filters could not be written down for the next server: {e.Message}";
        }
    }

    private void Refilter(IReadOnlySet<string> actions, bool ended)
    {
        foreach (var task in _supervisor.Engine.Tasks)
        {
            if (task.Phase == TaskPhase.Ended == ended && actions.Contains(task.Action))
            {
                _streams.Refilter(task.TaskId);
            }
        }
    }

    private void Log(string who, ReloadResult result)
    {
        foreach (var warning in result.Warnings)
        {
            ReloadLog.Warning(_log, warning);
        }

        foreach (var error in result.Errors)
        {
            ReloadLog.Error(_log, error);
        }

        if (!result.Applied)
        {
            ReloadLog.Refused(_log, who);
            return;
        }

        foreach (var change in result.Changed)
        {
            ReloadLog.Changed(_log, change);
        }

        foreach (var restart in result.NeedsRestart)
        {
            ReloadLog.NeedsRestart(_log, restart);
        }

        ReloadLog.Applied(_log, who, result.Changed.Count);
    }
}
