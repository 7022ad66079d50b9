using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Overseer.Recorder.Systemd;

namespace Overseer.Hosting.Systemd;

/// <summary>
/// What the service manager hears of the server, see sd_notify(3). Without one nothing is sent, and everything here does nothing. Thread-safe.
/// </summary>
internal sealed class ServiceNotifier : IDisposable
{
    private static readonly TimeSpan Extension = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ExtendEvery = TimeSpan.FromSeconds(10);

    private readonly NotifySocket? _manager;
    private readonly TimeSpan? _watchdogInterval;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private volatile bool _ready;

    /// <summary>For the manager whose socket has that name; null: there is none.</summary>
    internal ServiceNotifier(string? socket, TimeSpan? watchdogInterval, TimeProvider clock, ILogger log)
    {
        _manager = NotifySocket.Open(socket);
        _watchdogInterval = watchdogInterval;
        _clock = clock;
        _log = log;
        if (socket is { Length: > 0 } && _manager is null)
        {
            HostingLog.NotifySocketUnusable(log, socket);
        }
    }

    /// <summary>For the manager of this process.</summary>
    public static ServiceNotifier OfThisProcess(ILogger log) =>
        new(Environment.GetEnvironmentVariable(NotifySocket.Variable), WatchdogInterval.OfThisProcess(), TimeProvider.System, log);

    /// <summary>The server listens.</summary>
    public void Ready(IReadOnlyList<string> addresses)
    {
        _ready = true;
        _manager?.Send($"READY=1\nSTATUS=listens at {string.Join(' ', addresses)}");
    }

    /// <summary>The configuration is being looked at; a <see cref="Reloaded"/> has to follow. Nothing is said before the server is ready.</summary>
    public void Reloading()
    {
        if (!_ready)
        {
            return;
        }

        // CLOCK_MONOTONIC, by which the manager knows that this is the answer to its own wish and no earlier one.
        var microseconds = Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1_000_000);
        _manager?.Send(string.Create(CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={microseconds}"));
    }

    /// <summary>The look is over.</summary>
    public void Reloaded(string status)
    {
        if (_ready)
        {
            _manager?.Send($"READY=1\nSTATUS={status.ReplaceLineEndings(" ")}");
        }
    }

    /// <summary>Ends the server, and asks for more time as long as that goes on: tasks have grace times that the manager does not know.</summary>
    public async Task StoppingAsync(Func<Task> stop)
    {
        if (_manager is null)
        {
            await stop();
            return;
        }

        _ready = false;
        _manager.Send("STOPPING=1\nSTATUS=stopping");
        Extend();
        await using var timer = _clock.CreateTimer(_ => Extend(), state: null, ExtendEvery, ExtendEvery);
        await stop();

        void Extend() => _manager.Send(string.Create(CultureInfo.InvariantCulture, $"EXTEND_TIMEOUT_USEC={Extension.Ticks / TimeSpan.TicksPerMicrosecond}"));
    }

    /// <summary>Pings the manager for as long as the engine answers; ends with <paramref name="end"/>.</summary>
    /// <param name="engineTurn">Completes when the engine has taken a turn.</param>
    /// <param name="end">Ends it.</param>
    public async Task WatchAsync(Func<Task> engineTurn, CancellationToken end)
    {
        if (_manager is null || _watchdogInterval is not { } interval)
        {
            return;
        }

        try
        {
            while (true)
            {
                var pause = Task.Delay(interval, _clock, end);
                var turn = engineTurn();
                if (await Task.WhenAny(turn, pause) != turn)
                {
                    end.ThrowIfCancellationRequested();
                    HostingLog.EngineSilent(_log, interval);
                }

                // However late: a server that came back to life is as good as any.
                await turn.WaitAsync(end);
                _manager.Send("WATCHDOG=1");
                await pause;
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The server ends.
        }
    }

    public void Dispose() => _manager?.Dispose();
}
