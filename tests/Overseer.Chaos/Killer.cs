// Kills at random, within what can be asked of Overseer: the pipes of every task are held by both halves, and what is in them survives as long as one does. So a half is killed alone
// only when the other has everything (Ropes); then, while the other lives, again and again, at whatever it was doing. When both are to be dead at once, no worker may end in the
// meantime (ExitGate): nobody would be there to take what it has said last. That is a documented limit.

using Overseer.Chaos.Halves;

namespace Overseer.Chaos;

internal sealed class Killer(ChaosOptions options, ServerHalf server, RecorderHalf recorder, Ropes ropes, LifeRegistry lives, ExitGate gate, StopPermits stops, KillHistory history, Faults faults)
{
    private const int LeastPause = 50;
    private const int MostPause = 1500;
    private const int MostTiny = 40;
    private const int MostExtra = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(100);
    private readonly Random _random = new(options.Seed);
    private bool _serverWhole;
    private bool _recorderWhole;

    /// <summary>Kills until told otherwise; afterwards both live and have everything.</summary>
    internal async Task RunAsync(CancellationToken end)
    {
        while (!end.IsCancellationRequested && !faults.Stop.IsCancellationRequested)
        {
            // All that is random of a round is drawn before it begins.
            var kind = options.Kinds[Draw()];
            var pause = _random.Next(LeastPause, MostPause);
            var calm = _random.Next(100) < 75;
            var again = _random.Next(100) < 30 ? _random.Next(1, MostExtra) : 0;
            var seed = _random.Next();
            if (calm)
                await ReadyAsync();
            await Task.Delay(pause, faults.Stop);
            await RoundAsync(kind, again, new Random(seed));
        }
        await WholeAsync();
    }

    /// <summary>Waits until both halves live and have everything, and everything that has ended was seen.</summary>
    internal async Task WholeAsync()
    {
        await WaitAsync("the server", ServerMisses);
        await WaitAsync("the recorder", RecorderMisses);
    }

    private int Draw()
    {
        // Of ten rounds five kill the server, three the recorder, two both; of the kinds that are wanted.
        while (true)
        {
            var kind = _random.Next(10) switch { < 5 => KillKind.Server, < 8 => KillKind.Recorder, _ => KillKind.Both };
            for (var i = 0; i < options.Kinds.Count; i++)
            {
                if (options.Kinds[i] == kind)
                    return i;
            }
        }
    }

    private async Task RoundAsync(KillKind kind, int again, Random random)
    {
        switch (kind)
        {
            case KillKind.Server:
                if (!_recorderWhole)
                    await WaitAsync("the recorder", RecorderMisses);
                await KillServerAsync();
                for (; again > 0; again--)
                {
                    await Task.Delay(random.Next(LeastPause, MostPause), faults.Stop);
                    await KillServerAsync();
                }
                break;
            case KillKind.Recorder:
                if (!_serverWhole)
                    await WaitAsync("the server", ServerMisses);
                await KillRecorderAsync();
                for (; again > 0; again--)
                {
                    await RecorderThereAsync();
                    await Task.Delay(random.Next(MostTiny * 5), faults.Stop);
                    await KillRecorderAsync();
                }
                break;
            case KillKind.Both:
                await BothAsync(again, random);
                break;
        }
    }

    private async Task BothAsync(int again, Random random)
    {
        await stops.CloseAsync(faults.Stop);
        try
        {
            await CloseGateAsync();
            await WholeAsync();
            history.BothBegun();
            for (; again >= 0; again--)
            {
                var serverFirst = random.Next(2) == 0;
                if (serverFirst)
                    await KillServerAsync(random.Next(MostTiny) is var gap && random.Next(2) == 0 ? 0 : gap, restart: false);
                await KillRecorderAsync();
                if (!serverFirst)
                    await Task.Delay(random.Next(MostTiny), faults.Stop);
                if (!serverFirst)
                    await KillServerAsync(0, restart: false);
                server.Start();
                if (again > 0)
                    await Task.Delay(random.Next(LeastPause, MostPause * 2), faults.Stop);
            }
            await WholeAsync();
        }
        finally
        {
            gate.Open();
            stops.Open();
        }
    }

    // When both are dead, nobody remembers a run that is over: what its daemon still prints is lost. That is a documented limit too.
    private async Task CloseGateAsync()
    {
        var left = Patience;
        await gate.CloseAsync(faults.Stop);
        for (; ropes.Trailing() is { } life; left -= BetweenTries)
        {
            if (left < TimeSpan.Zero)
                Fail($"there always is a daemon without its run for {Patience.TotalSeconds:0} s, such as that of {life.Plan}");
            gate.Open();
            await Task.Delay(BetweenTries, faults.Stop);
            await gate.CloseAsync(faults.Stop);
        }
    }

    private async Task KillServerAsync(int pauseAfter = 0, bool restart = true)
    {
        _serverWhole = false;
        foreach (var life in lives.Open.Where(life => life is { StopRequested: true, ExitSeen: false }))
            life.StopCutShort = true;
        foreach (var root in lives.Roots.Where(root => root is { Plan.MayRunAgain: true, MayBeStopped: true, IsSettled: false }))
            root.StopCutShort = true;
        await server.KillAsync();
        await Task.Delay(pauseAfter, faults.Stop);
        if (restart)
            server.Start();
    }

    private async Task KillRecorderAsync()
    {
        _recorderWhole = false;
        await recorder.KillAsync();
    }

    private async Task ReadyAsync()
    {
        if (!await Until.TrueAsync(() => server.Port != 0, Patience, faults.Stop))
            Fail($"the server is not ready after {Patience.TotalSeconds:0} s");
    }

    private async Task RecorderThereAsync()
    {
        if (!await Until.TrueAsync(() => recorder.Pid != 0, Patience, faults.Stop))
            Fail($"no recorder came in the place of one that was killed {Patience.TotalSeconds:0} s ago");
    }

    private string? ServerMisses()
    {
        var missing = server.Port == 0 ? "it is not ready" : ropes.MissingIn(server.Pid) ?? ropes.Unseen();
        _serverWhole = missing is null;
        return missing;
    }

    private string? RecorderMisses()
    {
        var missing = ropes.MissingIn(recorder.Pid) ?? ropes.Unseen();
        _recorderWhole = missing is null;
        return missing;
    }

    private async Task WaitAsync(string half, Func<string?> misses)
    {
        string? missing = null;
        if (!await Until.TrueAsync(() => (missing = misses()) is null, Patience, faults.Stop))
            Fail($"{half} is not whole after {Patience.TotalSeconds:0} s: {missing}");
    }

    private void Fail(string what)
    {
        faults.Add(what);
        faults.Stop.ThrowIfCancellationRequested();
    }
}
