namespace Overseer.Bench;

/// <summary>From the write of a line to the read of its message, alone and beside a task that prints as fast as it can.</summary>
internal sealed class Latency : IScenario
{
    private const int PauseMicroseconds = 1_000;

    public string Name => "latency";

    public string Purpose => "a line written to its message received: idle, and beside a task that prints millions of lines";

    public IEnumerable<Figure> Run(BenchContext context)
    {
        using var server = context.WithServer ? context.StartServer() : null;
        return [.. Idle(context, server), .. Loaded(context, server)];
    }

    private IEnumerable<Figure> Idle(BenchContext context, ServerUnderTest? server)
    {
        var ticks = (int)context.Sized(2_000);
        var samples = new Samples(Name, "idle");
        for (var i = 0; i < context.Repeat; i++)
        {
            if (server is not null)
            {
                using var client = WireClient.Connect(server.Address);
                var before = server.Cpu;
                foreach (var delay in Settled(Tick(context, server, client, ticks)))
                    samples.Ours("delay", delay.Milliseconds);
                var used = server.Cpu - before;
                samples.Ours("CPU a line", used.Both / ticks * 1e6);
                samples.Ours("server's part", used.Server / ticks * 1e6);
                samples.Ours("recorder's part", used.Recorder / ticks * 1e6);
            }
            foreach (var delay in Settled(BareRelay.Run(context, ticks, PauseMicroseconds)))
                samples.Limit("delay", delay.Milliseconds);
        }
        yield return samples.Figure("delay", "p50", 0.5, "ms", Better.Lower, 0.2);
        yield return samples.Figure("delay", "p99", 0.99, "ms", Better.Lower, 0.6);
        yield return samples.Figure("CPU a line", "µs", Better.Lower);
        yield return samples.Figure("server's part", "µs", Better.Lower);
        yield return samples.Figure("recorder's part", "µs", Better.Lower);
    }

    private IEnumerable<Figure> Loaded(BenchContext context, ServerUnderTest? server)
    {
        var ticks = (int)context.Sized(1_000);
        var flood = new EmitOrder(context.Sized(4_000_000));
        var samples = new Samples(Name, "beside a flood");
        for (var i = 0; i < context.Repeat; i++)
        {
            if (server is not null)
            {
                using var beside = new ServerFlood(context, server, flood);
                using var client = WireClient.Connect(server.Address);
                foreach (var delay in beside.During(Tick(context, server, client, ticks, beside.Begin)))
                    samples.Ours("delay", delay.Milliseconds);
            }
            foreach (var delay in BesideBareFlood(context, ticks, flood))
                samples.Limit("delay", delay.Milliseconds);
        }
        yield return samples.Figure("delay", "p50", 0.5, "ms", Better.Lower);
        yield return samples.Figure("delay", "p99", 0.99, "ms", Better.Lower, 5);
    }

    private static List<Delay> Tick(BenchContext context, ServerUnderTest server, WireClient client, int ticks, Action? begun = null)
    {
        using var gate = new Gate(context.Directory);
        var task = "tick-" + Guid.NewGuid().ToString("N");
        var delays = Delay.Collect(client);
        client.Send("start", "start", task, "tick", ("bench", context.Self), ("count", $"{ticks}"), ("interval", $"{PauseMicroseconds}"), ("gate", gate.Path));
        client.Await("started");
        gate.AwaitChild();
        begun?.Invoke();
        gate.Open();
        Listeners.Drain([client], each => each.Exits > 0, TimeSpan.FromMinutes(2));
        if (delays.Count != ticks)
            context.Fault($"latency: {delays.Count} of {ticks} lines came");
        return delays;
    }

    private static List<Delay> BesideBareFlood(BenchContext context, int ticks, EmitOrder flood)
    {
        long begin = 0, end = 0;
        using var begun = new ManualResetEventSlim();
        var worker = new Thread(() =>
        {
            _ = BareDelivery.Run(context, flood, 1, () =>
            {
                begin = System.Diagnostics.Stopwatch.GetTimestamp();
                begun.Set();
            });
            end = System.Diagnostics.Stopwatch.GetTimestamp();
        });
        var delays = BareRelay.Run(context, ticks, PauseMicroseconds, () =>
        {
            worker.Start();
            begun.Wait();
        });
        worker.Join();
        return [.. delays.Where(delay => delay.Written >= begin && delay.Written <= end)];
    }

    /// <summary>Without the first tenth: caches and branch predictors.</summary>
    private static IEnumerable<Delay> Settled(List<Delay> delays) => delays.Skip(delays.Count / 10);
}
