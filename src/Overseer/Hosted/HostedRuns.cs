using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Overseer.Core.Drivers;
using Overseer.Core.Tasks;
using Overseer.Core.Time;
using Overseer.Recorder.Journal;
using Overseer.Streams;

namespace Overseer.Hosted;

/// <summary>
/// The runs that the server carries out itself, each through its host. What the recorder is for processes, this is for them: it writes their journals, and names to
/// the hosts, after the death of a server, the runs that are to go on. On the engine's loop, but for <see cref="TrySignal"/>.
/// </summary>
internal sealed class HostedRuns : IAsyncDisposable
{
    private readonly ConcurrentDictionary<RunId, HostedRun> _runs = new();
    private readonly HashSet<RunId> _expected = [];
    private readonly Dictionary<string, IRunHost> _hosts;
    private readonly JournalDesk[] _desks = [.. Enumerable.Range(0, 4).Select(_ => new JournalDesk())];
    private readonly StreamRegistry _streams;
    private readonly JournalOptions _options;
    private readonly Action<EngineCommand> _post;
    private readonly Action<Guid> _letGo;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private int _lastDesk;
    private bool _recovered;

    /// <summary>Makes them; nothing runs.</summary>
    /// <param name="hosts">Who carries runs out; each name once.</param>
    /// <param name="streams">Who reads journals.</param>
    /// <param name="options">How journals are written.</param>
    /// <param name="post">Hands a command to the engine.</param>
    /// <param name="letGo">Asks the recorder to close a journal.</param>
    /// <param name="clock">Time.</param>
    /// <param name="log">The log.</param>
    public HostedRuns(IEnumerable<IRunHost> hosts, StreamRegistry streams, JournalOptions options, Action<EngineCommand> post, Action<Guid> letGo, TimeProvider clock, ILogger<HostedRuns> log)
    {
        _hosts = hosts.ToDictionary(host => host.Name, StringComparer.Ordinal);
        _streams = streams;
        _options = options;
        _post = post;
        _letGo = letGo;
        _clock = clock;
        _log = log;
    }

    /// <summary>Begins a run; its stream expects it already.</summary>
    public void Launch(Effect.LaunchRun launch, HostedPlan plan)
    {
        var host = _hosts.GetValueOrDefault(plan.Host) ?? new MissingHost(plan.Host, _clock);
        _letGo(launch.JournalId);
        var run = Add(host, (launch.TaskId, launch.JournalId, launch.RunId, launch.Run), plan.Reference, started: false, mayBeThere: _expected.Remove(launch.RunId));
        try
        {
            host.Begin(run, plan);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // A host is somebody else's code.
            HostedLog.HostFailed(_log, host.Name, launch.TaskId, e);
            run.Failed($"{host.Name}: {e.Message}");
        }
    }

    /// <summary>A run that is said to be under way: it is, or an earlier server had it.</summary>
    public void Recover(Effect.RecoverRun recover)
    {
        var record = recover.Run;
        if (_runs.ContainsKey(record.RunId))
        {
            return;
        }

        if (record.Phase == TaskPhase.Starting)
        {
            // Whether anything came of it, its host finds out when it is asked to begin it again.
            _expected.Add(record.RunId);
            _post(new EngineCommand.RunNotStarted(record.RunId));
            return;
        }

        if (TryEnd(recover))
        {
            return;
        }

        if (!_hosts.TryGetValue(record.Host!, out var host))
        {
            HostedLog.NoHost(_log, record.Host!, recover.TaskId);
            host = new MissingHost(record.Host!, _clock);
        }

        var run = Add(host, (recover.TaskId, recover.JournalId, record.RunId, record.Ordinal), record.Reference, started: true, mayBeThere: true, record.Pid);
        try
        {
            host.Resume(run);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            HostedLog.HostFailed(_log, host.Name, recover.TaskId, e);
            run.Exited(-1, 0, _clock.GetUtcNow());
        }
    }

    /// <summary>All runs that an earlier server had were named.</summary>
    public void RecoveryComplete()
    {
        if (_recovered)
        {
            // Another recorder has come: that is nothing to the hosts.
            return;
        }

        _recovered = true;
        foreach (var host in _hosts.Values)
        {
            host.Recovered(_expected.ToHashSet());
        }
    }

    /// <summary>Sends a signal that the engine wants to be sent.</summary>
    public void Signal(Effect.SignalRun signal)
    {
        if (_hosts.TryGetValue(signal.Host!, out var host))
        {
            Send(host, signal.RunId, signal.Signal, signal.TaskId);
        }
    }

    /// <summary>Sends a signal to a run if it is one of these. From any thread.</summary>
    public bool TrySignal(RunId run, int signal)
    {
        if (!_runs.TryGetValue(run, out var found))
        {
            return false;
        }

        Send(found.Host, run, signal, found.TaskId);
        return true;
    }

    /// <summary>What was reported of a run is stored.</summary>
    /// <returns>False: it is none of these.</returns>
    public bool Reported(RunId run, bool over)
    {
        _expected.Remove(run);
        if (!_runs.TryGetValue(run, out var found))
        {
            return false;
        }

        if (over)
        {
            _runs.TryRemove(run, out _);
            found.Dispose();
            found.Host.Settled(run);
        }

        return true;
    }

    /// <summary>Ends the hosts' work; what they run goes on.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts.Values)
        {
            try
            {
                await host.DisposeAsync();
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                HostedLog.HostFailed(_log, host.Name, "-", e);
            }
        }

        foreach (var run in _runs.Values)
        {
            run.Dispose();
        }

        foreach (var desk in _desks)
        {
            desk.Dispose();
        }
    }

    // Its end is in the journal, and was not stored any more: no host is to be asked about it again.
    private bool TryEnd(Effect.RecoverRun recover)
    {
        try
        {
            if (HostedJournal.FindExit(_streams.DirectoryOf(recover.JournalId), recover.Run.RunId.Value) is not var (exit, timeNs, end))
            {
                return false;
            }

            _post(new EngineCommand.RunExited(recover.Run.RunId, exit.ExitCode, exit.Signal, UnixTime.FromNanoseconds(timeNs)));
            _streams.AnnounceExit(recover.JournalId, end, timeNs);
            return true;
        }
        catch (IOException e)
        {
            HostedLog.Unreadable(_log, recover.TaskId, e.Message);
            return false;
        }
    }

    private HostedRun Add(IRunHost host, (string TaskId, Guid Journal, RunId Run, int Ordinal) identity, string? reference, bool started, bool mayBeThere, int pid = 0)
    {
        var desk = _desks[_lastDesk = (_lastDesk + 1) % _desks.Length];
        var journal = new HostedJournal(identity.Journal, identity.Run.Value, identity.Ordinal, mayBeThere, _streams, _options, desk) { Pid = pid };
        var run = new HostedRun(host, identity, reference, started, journal, _streams, _post, _clock);
        _runs[identity.Run] = run;
        return run;
    }

    private void Send(IRunHost host, RunId run, int signal, string taskId)
    {
        try
        {
            host.Signal(run, signal);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            HostedLog.HostFailed(_log, host.Name, taskId, e);
        }
    }
}
