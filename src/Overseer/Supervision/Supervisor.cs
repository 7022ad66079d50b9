// The engine's mailbox. Commands come from connections, from the recorder and from timers; one loop applies them in batches, makes durable what a batch
// changed, and then performs the effects in order: no answer is sent before its change is on disk, and a batch costs one commit.

using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Overseer.Core.Tasks;
using Overseer.Core.Tasks.Storage;

namespace Overseer.Supervision;

internal sealed class Supervisor : IAsyncDisposable
{
    private const int MaxBatch = 256;
    private static readonly TimeSpan StoreAgain = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReaderPatience = TimeSpan.FromSeconds(1);

    // A null is a nudge: look whether what could not be stored can be by now.
    private readonly Channel<EngineCommand?> _mailbox = Channel.CreateUnbounded<EngineCommand?>(new UnboundedChannelOptions { SingleReader = true });
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Effect> _effects = [];
    private readonly List<Effect> _untilStored = [];
    private readonly HashSet<RunId> _putOff = [];
    private readonly HashSet<RequestOrigin> _unanswered = [];
    private readonly EffectPerformer _performer;
    private readonly StateWriter _state;
    private readonly EngineTimers _timers;
    private readonly ITimer _nudge;
    private readonly ILogger _log;
    private Task _loop = Task.CompletedTask;
    private TaskCompletionSource? _asked;
    private volatile string? _engineProblem;
    private long _begun;
    private long _ended;
    private bool _stopping;
    private bool _stopAsked;

    /// <summary>Wires the loop; <see cref="Start"/> begins.</summary>
    public Supervisor(TaskEngine engine, ITaskStore store, EffectPerformer performer, TimeProvider clock, ILogger<Supervisor> log)
    {
        Engine = engine;
        _performer = performer;
        _log = log;
        _state = new StateWriter(store, engine, log);
        _timers = new EngineTimers(clock, key => Post(new EngineCommand.TimerElapsed(key)));
        _nudge = clock.CreateTimer(_ => _mailbox.Writer.TryWrite(null), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The engine; only its readings are for others.</summary>
    public TaskEngine Engine { get; }

    /// <summary>Told what was decided, before any of it is performed. On the loop; set before <see cref="Start"/>.</summary>
    public Action<List<Effect>>? Decided { get; init; }

    /// <summary>Why the latest changes are not stored; null when all are.</summary>
    public string? StoreProblem => _state.Problem;

    /// <summary>The first fault of the engine itself; null when there was none. The server is best started anew then: its tasks go on meanwhile.</summary>
    public string? EngineProblem => _engineProblem;

    /// <summary>Hands a command to the engine. Thread-safe; never waits. The number of commands under way is bounded by their senders.</summary>
    public void Post(EngineCommand command) => _mailbox.Writer.TryWrite(command);

    /// <summary>Completes when the loop has taken a turn: it is alive and not stuck in the store. Thread-safe.</summary>
    public Task TurnAsync()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var before = Interlocked.CompareExchange(ref _asked, asked, null);
        _mailbox.Writer.TryWrite(null);
        return (before ?? asked).Task;
    }

    /// <summary>
    /// Completes when everything is stored, or could not be, that could be read from the engine before the call: a state is decided a moment before it is stored, and nobody is to be told
    /// one that a crash takes back. While the disk is stuck it completes after a second all the same, as readers must have their answers. Thread-safe.
    /// </summary>
    public Task WhenStoredAsync() => Interlocked.Read(ref _begun) == Interlocked.Read(ref _ended) ? Task.CompletedTask : TurnWithinAsync(ReaderPatience);

    /// <summary>Begins to take commands.</summary>
    /// <param name="first">Effects of what was taken up from an earlier server.</param>
    public void Start(IReadOnlyList<Effect> first)
    {
        _effects.AddRange(first);
        _loop = Task.Run(RunAsync);
    }

    /// <summary>
    /// Stops every task. True when no run is left; false when what is left has had SIGKILL, or was asked of a recorder that does not
    /// answer, and nothing comes of it within <paramref name="margin"/> (a process stuck in the kernel).
    /// </summary>
    public async Task<bool> StopAllAsync(TimeSpan? grace, TimeSpan margin)
    {
        Post(new EngineCommand.StopAll(grace));
        while (true)
        {
            var onlyStuck = Engine.Tasks.All(task => task.Origin == TaskOrigin.Adopted || task.IsForeign || task.Phase is TaskPhase.Killing or TaskPhase.Starting or TaskPhase.Queued or TaskPhase.Waiting or TaskPhase.Ended);
            try
            {
                await _idle.Task.WaitAsync(margin);
                return true;
            }
            catch (TimeoutException) when (onlyStuck)
            {
                return false;
            }
            catch (TimeoutException)
            {
                // Some are still within their grace time.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _mailbox.Writer.TryComplete();
        await _loop;
        await _nudge.DisposeAsync();
        _timers.Dispose();
    }

    private async Task TurnWithinAsync(TimeSpan patience) => await TurnAsync().WaitAsync(patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async Task RunAsync()
    {
        var reader = _mailbox.Reader;
        do
        {
            Interlocked.Increment(ref _begun);
            for (var i = 0; i < MaxBatch && reader.TryRead(out var command); i++)
            {
                if (command is not null)
                {
                    Apply(command);
                }
            }

            PerformBatch();
            Interlocked.Increment(ref _ended);
            Interlocked.Exchange(ref _asked, null)?.SetResult();
            if (_stopping && Engine.IsIdle)
            {
                _idle.TrySetResult();
            }
        }
        while (await reader.WaitToReadAsync());
    }

    private void PerformBatch()
    {
        Decided?.Invoke(_effects);
        _performer.EventLog?.Append(_effects);
        var stored = _state.TryCommit();
        _performer.EventLog?.Release();
        if (stored && _untilStored.Count > 0)
        {
            _untilStored.ForEach(Perform);
            _untilStored.Clear();
        }

        foreach (var effect in _effects)
        {
            if (stored)
            {
                Perform(effect);
            }
            else
            {
                PerformUnstored(effect);
            }
        }

        _effects.Clear();
        if (stored || _stopAsked)
        {
            LaunchPutOff();
        }

        _stopAsked = false;
        if (!stored)
        {
            _nudge.Change(StoreAgain, Timeout.InfiniteTimeSpan);
        }
    }

    // Not the orders themselves: a task may have been stopped since, or its run named by another recorder, and the engine knows.
    private void LaunchPutOff()
    {
        foreach (var run in _putOff)
        {
            Post(new EngineCommand.RunNotStarted(run));
        }

        _putOff.Clear();
    }

    // See StateWriter: a start must not happen nor be promised, and whoever keeps a result has to keep it on.
    private void PerformUnstored(Effect effect)
    {
        switch (effect)
        {
            case Effect.LaunchRun { CanWait: true } launch:
                _putOff.Add(launch.RunId);
                break;
            case Effect.Reply { Answer: EngineReply.Queued { Event.TaskId: var queued }, Origin: var origin }:
                _unanswered.Add(origin);
                Post(new EngineCommand.QueuedInVain(origin, queued, $"the state cannot be stored: {_state.Problem}"));
                break;
            case Effect.Reply { Answer: EngineReply.Adopted or EngineReply.Removed or EngineReply.Renamed or EngineReply.RegistryReset } reply:
                PerformUnstoredChange(reply);
                break;
            case Effect.RunReported:
                _untilStored.Add(effect);
                break;
            case Effect.LaunchRun launch:
                Post(new EngineCommand.RunFailedToStart(launch.RunId, $"the state cannot be stored: {_state.Problem}", DateTimeOffset.MinValue));
                break;
            default:
                Perform(effect);
                break;
        }
    }

    // What was done to the registry holds, and is stored with the next that can be; but nobody is told that it is. A new task can be taken back, so it is.
    private void PerformUnstoredChange(Effect.Reply reply)
    {
        if (reply.Answer is EngineReply.Adopted { Task.Number: var number })
        {
            Post(new EngineCommand.RemoveTask(default, number));
            Perform(reply with { Answer = new EngineReply.NotStored($"the state cannot be stored: {_state.Problem}") });
            return;
        }

        Perform(reply with { Answer = new EngineReply.NotStored($"done, but not stored yet, as the state cannot be stored: {_state.Problem}") });
    }

    private void Apply(EngineCommand command)
    {
        _stopping |= command is EngineCommand.StopAll;
        _stopAsked |= command is EngineCommand.StopAll or EngineCommand.StopTask;
        if (command is EngineCommand.TimerElapsed { Key: var key })
        {
            _timers.Cancel(key);
        }

        try
        {
            Engine.Apply(command, _effects);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // A fault of ours. Everything else that runs must not pay for it: the loop goes on, whoever asked is told, and /healthz says so from now on.
            SupervisionLog.CommandFailed(_log, command.GetType().Name, e);
            _engineProblem ??= $"the engine failed on {command.GetType().Name}: {e.Message}";
            if (command is EngineCommand.Reconfigure reconfigure)
            {
                _effects.Add(new Effect.Reconfigured(reconfigure.Actions, reconfigure.Options.Pools, Outcome: null));
            }

            if (OriginOf(command) is { } origin)
            {
                _effects.Add(new Effect.Reply(origin, new EngineReply.Failed("internal error; the server's log has it")));
            }
        }
    }

    private static RequestOrigin? OriginOf(EngineCommand command) => command switch
    {
        EngineCommand.StartTask c => c.Origin,
        EngineCommand.StopTask c => c.Origin,
        EngineCommand.ResetTask c => c.Origin,
        EngineCommand.PoolInfo c => c.Origin,
        EngineCommand.SetPool c => c.Origin,
        EngineCommand.Purge c => c.Origin,
        EngineCommand.AdoptProcess c => c.Origin,
        EngineCommand.RemoveTask c => c.Origin,
        EngineCommand.RenameLabel c => c.Origin,
        EngineCommand.ResetRegistry c => c.Origin,
        _ => null,
    };

    private void Perform(Effect effect)
    {
        try
        {
            switch (effect)
            {
                case Effect.ArmTimer arm:
                    _timers.Arm(arm.Key, arm.Due);
                    break;
                case Effect.CancelTimer cancel:
                    _timers.Cancel(cancel.Key);
                    break;
                case Effect.Reply reply when _unanswered.Remove(reply.Origin):
                    _performer.Perform(reply with { Late = false }, Post);
                    break;
                default:
                    _performer.Perform(effect, Post);
                    break;
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // One task's trouble (a descriptor limit, an unreadable journal) must not end the loop that serves all others.
            SupervisionLog.EffectFailed(_log, effect.GetType().Name, e);
        }
    }
}
