// The engine's mailbox. Commands come from connections, from the recorder and from timers; one loop applies them in batches and then
// performs the effects in order. The batch is also where state becomes durable: what a batch changed has to be committed between
// applying and performing, so that no answer is sent before its change is on disk.

using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Overseer.Core.Tasks;

namespace Overseer.Supervision;

internal sealed class Supervisor : IAsyncDisposable
{
    private const int MaxBatch = 256;

    private readonly Channel<EngineCommand> _mailbox = Channel.CreateUnbounded<EngineCommand>(new UnboundedChannelOptions { SingleReader = true });
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Effect> _effects = [];
    private readonly EffectPerformer _performer;
    private readonly EngineTimers _timers;
    private readonly ILogger _log;
    private Task _loop = Task.CompletedTask;
    private bool _stopping;

    /// <summary>Wires the loop; <see cref="Start"/> begins.</summary>
    public Supervisor(TaskEngine engine, EffectPerformer performer, TimeProvider clock, ILogger<Supervisor> log)
    {
        Engine = engine;
        _performer = performer;
        _log = log;
        _timers = new EngineTimers(clock, key => Post(new EngineCommand.TimerElapsed(key)));
    }

    /// <summary>The engine; only its readings are for others.</summary>
    public TaskEngine Engine { get; }

    /// <summary>Hands a command to the engine. Thread-safe; never waits. The number of commands under way is bounded by their senders.</summary>
    public void Post(EngineCommand command) => _mailbox.Writer.TryWrite(command);

    /// <summary>Begins to take commands.</summary>
    public void Start() => _loop = Task.Run(RunAsync);

    /// <summary>
    /// Stops every task. True when no run is left; false when what is left has had SIGKILL, or was asked of a recorder that does not
    /// answer, and nothing comes of it within <paramref name="margin"/> (a process stuck in the kernel).
    /// </summary>
    public async Task<bool> StopAllAsync(TimeSpan? grace, TimeSpan margin)
    {
        Post(new EngineCommand.StopAll(grace));
        while (true)
        {
            var onlyStuck = Engine.Tasks.All(task => task.Phase is TaskPhase.Killing or TaskPhase.Starting or TaskPhase.Ended);
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
        _timers.Dispose();
    }

    private async Task RunAsync()
    {
        var reader = _mailbox.Reader;
        while (await reader.WaitToReadAsync())
        {
            for (var i = 0; i < MaxBatch && reader.TryRead(out var command); i++)
            {
                Apply(command);
            }

            foreach (var effect in _effects)
            {
                Perform(effect);
            }

            _effects.Clear();
            if (_stopping && Engine.IsIdle)
            {
                _idle.TrySetResult();
            }
        }
    }

    private void Apply(EngineCommand command)
    {
        _stopping |= command is EngineCommand.StopAll;
        if (command is EngineCommand.TimerElapsed { Key: var key })
        {
            _timers.Cancel(key);
        }

        Engine.Apply(command, _effects);
    }

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
