using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Overseer.Core.Registry;
using Overseer.Core.Tasks;
using Overseer.Recorder.Processes;
using Overseer.Recorder.Wire;

namespace Overseer.Registry;

/// <summary>
/// The processes behind adopted tasks: knows which live, and signals them. A process has a pidfd as long as descriptors allow; the others are looked at every liveness interval. Thread-safe.
/// </summary>
internal sealed class AdoptedProcesses : IDisposable
{
    /// <summary>Adoptions that the engine has not answered yet; those beyond do without.</summary>
    private const int MostHeld = 256;

    private readonly DeathWatch _watch;
    private readonly AdoptedSignals _signals;
    private readonly Action<EngineCommand> _post;
    private readonly TimeProvider _clock;
    private readonly LivenessOptions _options;
    private readonly ILogger _log;
    private readonly ConcurrentDictionary<long, AdoptedProcess> _unwatched = new();
    private readonly ConcurrentDictionary<AdoptedProcess, ProcessHandle> _held = new();
    private readonly ITimer _ticker;
    private int _looking;
    private long _seen;
    private bool _saidFull;

    /// <summary>Makes it; <see cref="Start"/> begins the looks.</summary>
    /// <param name="options">How often and how many.</param>
    /// <param name="recorderPid">The recorder, which is never signalled; 0 while there is none.</param>
    /// <param name="post">Reports to the engine.</param>
    /// <param name="clock">Time.</param>
    /// <param name="log">The log.</param>
    public AdoptedProcesses(LivenessOptions options, Func<int> recorderPid, Action<EngineCommand> post, TimeProvider clock, ILogger<AdoptedProcesses> log)
    {
        _options = options;
        _post = post;
        _clock = clock;
        _log = log;
        _watch = new DeathWatch(options.MaxPidfds, Died, clock);
        _signals = new AdoptedSignals(_watch, recorderPid, post, log);
        _ticker = clock.CreateTimer(_ => Look(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Signals them.</summary>
    public AdoptedSignals Signals => _signals;

    /// <summary>Begins to look.</summary>
    public void Start() => _ticker.Change(_options.Interval, _options.Interval);

    /// <summary>
    /// Holds a process that is about to be adopted, so that how it ends is known even if it does at once. Given up with <see cref="Release"/>; <see cref="Watch"/> takes it over.
    /// </summary>
    public void Hold(AdoptedProcess process, ProcessHandle handle)
    {
        if (_held.Count >= MostHeld || !_held.TryAdd(process, handle))
        {
            handle.Dispose();
        }
    }

    /// <summary>It was not adopted, or has been.</summary>
    public void Release(AdoptedProcess process)
    {
        if (_held.TryRemove(process, out var handle))
        {
            handle.Dispose();
        }
    }

    /// <summary>Watches the process of a task; one that is not there any more is reported.</summary>
    public void Watch(Effect.WatchProcess watch)
    {
        var (number, process) = (watch.Number, watch.Process);
        if (!_held.TryRemove(process, out var handle) && _watch.HasRoom)
        {
            handle = ProcessHandle.Open(new ProcessIdentity(process.Pid, process.StartTime));
        }

        if (handle is not null)
        {
            if (_watch.TryAdd(number, process, handle))
            {
                return;
            }

            handle.Dispose();
        }

        if (!ForeignProcess.Lives(new ProcessIdentity(process.Pid, process.StartTime)))
        {
            Died(number, process, null);
            return;
        }

        if (!_saidFull)
        {
            _saidFull = true;
            RegistryLog.TooFewDescriptors(_log, _options.MaxPidfds, _options.Interval.TotalSeconds);
        }

        _unwatched[number] = process;
    }

    /// <summary>A task is known no more.</summary>
    public void Forget(long number)
    {
        _unwatched.TryRemove(number, out _);
        _watch.Remove(number);
    }

    /// <summary>Looks at those that have no pidfd, gives them one if there is room, and says that those live that do. On the ticker's thread.</summary>
    public void Look()
    {
        if (Interlocked.Exchange(ref _looking, 1) != 0)
        {
            return;
        }

        try
        {
            foreach (var (number, process) in _unwatched)
            {
                LookAt(number, process);
            }

            var now = _clock.GetUtcNow();
            if (now.UtcTicks - _seen >= _options.SeenInterval.Ticks)
            {
                _seen = now.UtcTicks;
                _post(new EngineCommand.AdoptedSeen(now));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Of /proc; the next look may do better.
            RegistryLog.LookFailed(_log, e);
        }
        finally
        {
            Volatile.Write(ref _looking, 0);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ticker.Dispose();
        _watch.Dispose();
        foreach (var process in _held.Keys)
        {
            Release(process);
        }
    }

    private void LookAt(long number, AdoptedProcess process)
    {
        var identity = new ProcessIdentity(process.Pid, process.StartTime);
        if (!ForeignProcess.Lives(identity))
        {
            if (_unwatched.TryRemove(KeyValuePair.Create(number, process)))
            {
                Died(number, process, null);
            }
        }
        else if (_watch.HasRoom && ProcessHandle.Open(identity) is { } handle)
        {
            // Taken out first: whoever forgets the task meanwhile takes it out of one of the two.
            if (_watch.TryAdd(number, process, handle))
            {
                if (!_unwatched.TryRemove(KeyValuePair.Create(number, process)))
                {
                    _watch.Remove(number);
                }
            }
            else
            {
                handle.Dispose();
            }
        }
    }

    private void Died(long number, AdoptedProcess process, ExitStatus? status) =>
        _post(new EngineCommand.AdoptedExited(number, process, status?.ExitCode, status?.Signal ?? 0, _clock.GetUtcNow()));
}
