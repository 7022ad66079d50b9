using Microsoft.Extensions.Logging;
using Overseer.Core.Tasks;
using Overseer.Drivers.Docker.Engine;

namespace Overseer.Drivers.Docker;

/// <summary>Sends signals to one container, in order, for as long as it takes to reach its engine. SIGKILL overtakes all others. Thread-safe.</summary>
/// <param name="taskId">Whose, for the log.</param>
/// <param name="engine">The engine.</param>
/// <param name="clock">Time.</param>
/// <param name="log">The log.</param>
internal sealed class ContainerSignals(string taskId, EngineClient engine, TimeProvider clock, ILogger log)
{
    private const int MostWaiting = 64;
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private readonly Lock _gate = new();
    private readonly Queue<int> _waiting = new();
    private Task _sending = Task.CompletedTask;

    /// <summary>Whether SIGKILL was asked for.</summary>
    public bool WasKilled { get; private set; }

    /// <summary>Done when nothing is on its way.</summary>
    public Task SentAsync()
    {
        lock (_gate) return _sending;
    }

    /// <summary>Sends a signal.</summary>
    /// <param name="container">Id of the container.</param>
    /// <param name="signal">Its number.</param>
    /// <param name="cancellation">Gives it up.</param>
    public void Send(string container, int signal, CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (signal == PosixSignalName.Sigkill)
            {
                WasKilled = true;
                _waiting.Clear();
            }
            else if (WasKilled || _waiting.Count == MostWaiting)
            {
                return;
            }

            _waiting.Enqueue(signal);
            if (_sending.IsCompleted) _sending = Task.Run(() => SendAsync(container, cancellation), CancellationToken.None);
        }
    }

    private async Task SendAsync(string container, CancellationToken cancellation)
    {
        var pause = new Pause(LongestPause, clock);
        try
        {
            while (true)
            {
                int signal;
                lock (_gate)
                {
                    if (!_waiting.TryPeek(out signal))
                    {
                        _sending = Task.CompletedTask;
                        return;
                    }
                }

                if (await TryAsync(container, signal, cancellation))
                {
                    pause.Reset();
                    lock (_gate)
                    {
                        if (_waiting.TryPeek(out var first) && first == signal) _waiting.Dequeue();
                    }
                }
                else
                {
                    await pause.WaitAsync(cancellation);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The server ends, or the run has.
        }
    }

    /// <returns>Whether there is nothing more to be done about it.</returns>
    private async Task<bool> TryAsync(string container, int signal, CancellationToken cancellation)
    {
        try
        {
            await engine.KillAsync(container, signal, cancellation);
            return true;
        }
        catch (EngineRefusedException e)
        {
            // Mostly since it does not run any more.
            if (e.IsMissing || await IsOverAsync(container, cancellation)) return true;
            DockerHostLog.SignalRefused(log, taskId, signal, e.Message);
            return signal != PosixSignalName.Sigkill;
        }
        catch (EngineUnreachableException)
        {
            // Whoever follows the container says so.
            return false;
        }
    }

    private async Task<bool> IsOverAsync(string container, CancellationToken cancellation)
    {
        try
        {
            return await engine.FindAsync(container, cancellation) is not { State.IsOver: false };
        }
        catch (EngineException)
        {
            return false;
        }
    }
}
