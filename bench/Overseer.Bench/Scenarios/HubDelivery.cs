using System.Diagnostics;

namespace Overseer.Bench;

/// <summary>A container that reports to the hub, and those who watch it.</summary>
internal sealed class HubDelivery : IScenario
{
    private const int PerBlock = 256;
    private const int PauseMicroseconds = 1_000;

    public string Name => "hub";

    public string Purpose => "log messages of 80 bytes to 1 and 100 viewers, idle latency, memory of 1,000 sessions and of a viewer that never reads";

    public IEnumerable<Figure> Run(BenchContext context)
    {
        var config = Path.Combine(context.Directory, "hub.yaml");
        File.WriteAllText(config, "hub: {max_sessions: 5000}\nlimits: {max_connections: 5000, max_connections_per_address: 5000}\n");
        using (var server = context.WithServer ? context.StartServer(config: config) : null)
        {
            foreach (var figure in Deliver(context, server, viewers: 1, messages: 500_000, rate: 500e3, cpu: 2).Concat(Deliver(context, server, viewers: 100, messages: 100_000, rate: 3e6, cpu: 0.3)))
                yield return figure;
            foreach (var figure in Idle(context, server))
                yield return figure;
            if (server is null)
                yield break;
            yield return Silent(context, server);
        }
        using (var server = context.StartServer(config: config))
        {
            foreach (var figure in Sessions(context, server))
                yield return figure;
        }
    }

    /// <summary>Sends so many messages from a thread of its own.</summary>
    internal static Thread SendApart(WireClient producer, byte[] block, int perBlock, long messages)
    {
        var thread = new Thread(() =>
        {
            for (var left = messages; left > 0; left -= perBlock)
                producer.SendFrames(block.AsSpan(0, (int)(block.Length / perBlock * Math.Min(left, perBlock))));
        });
        thread.Start();
        return thread;
    }

    private IEnumerable<Figure> Deliver(BenchContext context, ServerUnderTest? server, int viewers, long messages, double rate, double cpu)
    {
        messages = context.Sized(messages);
        var samples = new Samples(Name, viewers == 1 ? "1 viewer" : $"{viewers} viewers");
        var block = HubMessages.Logs("limit", PerBlock);
        if (server is not null)
            Deliver(context, server, viewers, messages / 10 + 1, new Samples("", "warm-up"));
        _ = BareHub.Run(context, block, PerBlock, messages / 10 + 1, viewers);
        for (var i = 0; i < context.Repeat; i++)
        {
            if (server is not null)
                Deliver(context, server, viewers, messages, samples);
            var (seconds, used) = BareHub.Run(context, block, PerBlock, messages, viewers);
            samples.Limit("messages", messages * viewers / seconds);
            samples.Limit("CPU a message", used / (messages * viewers) * 1e6);
        }
        yield return samples.Figure("messages", "/s", Better.Higher, rate);
        yield return samples.Figure("CPU a message", "µs", Better.Lower, cpu);
    }

    private static void Deliver(BenchContext context, ServerUnderTest server, int viewers, long messages, Samples samples)
    {
        var container = "bench-" + Guid.NewGuid().ToString("N");
        using var producer = WireClient.ConnectToHub(server.Address);
        var watching = Watch(server, container, producer, viewers);
        try
        {
            watching.ForEach(viewer => viewer.Walker.CheckEach = context.Verify);
            var block = HubMessages.Logs(container, PerBlock);
            var cpu = server.Cpu;
            var begin = Stopwatch.GetTimestamp();
            var sender = SendApart(producer, block, PerBlock, messages);
            Listeners.Drain(watching, viewer => viewer.Walker.Outputs > messages, TimeSpan.FromMinutes(5));
            var seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
            var used = server.Cpu - cpu;
            sender.Join();
            samples.Ours("messages", messages * viewers / seconds);
            samples.Ours("CPU a message", used.Both / (messages * viewers) * 1e6);
            foreach (var walker in watching.Select(viewer => viewer.Walker))
            {
                if (walker.Outputs != messages + 1 || walker.FirstSequence != 1 || walker.LastSequence != messages + 1 || walker.Holes != 0)
                    context.Fault($"hub: {walker.Outputs} of {messages + 1} messages, seq {walker.FirstSequence} to {walker.LastSequence}, {walker.Holes} holes, close code {walker.CloseCode?.ToString() ?? "none"}");
            }
        }
        finally
        {
            watching.ForEach(viewer => viewer.Dispose());
        }
    }

    private IEnumerable<Figure> Idle(BenchContext context, ServerUnderTest? server)
    {
        var ticks = (int)context.Sized(2_000);
        var samples = new Samples(Name, "idle");
        for (var i = 0; i < context.Repeat; i++)
        {
            if (server is not null)
            {
                var container = "idle-" + Guid.NewGuid().ToString("N");
                using var producer = WireClient.ConnectToHub(server.Address);
                using var viewer = Watch(server, container, producer, 1)[0];
                foreach (var delay in Tick(context, ticks, container, producer, viewer).Skip(ticks / 10))
                    samples.Ours("delay", delay.Milliseconds);
            }
            foreach (var delay in BareTick(context, ticks).Skip(ticks / 10))
                samples.Limit("delay", delay.Milliseconds);
        }
        yield return samples.Figure("delay", "p50", 0.5, "ms", Better.Lower);
        yield return samples.Figure("delay", "p99", 0.99, "ms", Better.Lower);
    }

    private static List<Delay> Tick(BenchContext context, int ticks, string container, WireClient producer, WireClient viewer)
    {
        var delays = Delay.Collect(viewer, "\"message\":\"");
        var ticker = new Thread(() =>
        {
            for (var i = 0; i < ticks; i++)
            {
                Interop.Pause(PauseMicroseconds);
                producer.SendFrames(HubMessages.Log(container, Stopwatch.GetTimestamp().ToString("D20", System.Globalization.CultureInfo.InvariantCulture)));
            }
        });
        ticker.Start();
        Listeners.Drain([viewer], _ => delays.Count >= ticks, TimeSpan.FromMinutes(2));
        ticker.Join();
        if (delays.Count != ticks)
            context.Fault($"hub: {delays.Count} of {ticks} messages came");
        return delays;
    }

    /// <summary>The same through a thread that only passes messages on.</summary>
    private static List<Delay> BareTick(BenchContext context, int ticks)
    {
        using var producer = LoopbackPair.Make();
        using var viewer = LoopbackPair.Make(ofHub: true);
        var relay = new Thread(() => BareHub.Serve(context.Directory, ticks, producer.Sender, [viewer.Sender]));
        relay.Start();
        var delays = Tick(context, ticks, "limit", producer.Receiver, viewer.Receiver);
        relay.Join();
        return delays;
    }

    /// <summary>What a viewer costs that takes nothing while another one takes everything: memory of the server, after the same without it.</summary>
    private Figure Silent(BenchContext context, ServerUnderTest server)
    {
        var messages = context.Sized(500_000);
        var samples = new Samples(Name, "a viewer that never reads");
        Deliver(context, server, 1, messages, new Samples("", "warm-up"));
        for (var i = 0; i < context.Repeat; i++)
        {
            var container = "silent-" + Guid.NewGuid().ToString("N");
            using var producer = WireClient.ConnectToHub(server.Address);
            using var reader = Watch(server, container, producer, 1)[0];
            var before = Settled(context, server);
            using var silent = WireClient.ConnectToHub(server.Address);
            silent.SendFrames(HubMessages.Subscribe(container));
            var sender = SendApart(producer, HubMessages.Logs(container, PerBlock), PerBlock, messages);
            Listeners.Drain([reader], viewer => viewer.Walker.Outputs > messages, TimeSpan.FromMinutes(5));
            sender.Join();
            samples.Ours("memory", Settled(context, server).Resident - before.Resident);
        }
        return samples.Figure("memory", "B", Better.Lower, 4e6);
    }

    private IEnumerable<Figure> Sessions(BenchContext context, ServerUnderTest server)
    {
        var sessions = (int)context.Sized(1_000);
        var samples = new Samples(Name, $"{sessions:N0} sessions");
        var containers = new List<WireClient>();
        try
        {
            // The first ones also pay for code and pools that stay.
            Open(server, containers, "warm", 20);
            var before = Settled(context, server);
            Open(server, containers, "box", sessions);
            var after = Settled(context, server);
            samples.Ours("resident", after.Resident);
            samples.Ours("a session", (after.Proportional - before.Proportional) / (double)sessions);
        }
        finally
        {
            containers.ForEach(container => container.Dispose());
        }
        yield return samples.Figure("resident", "B", Better.Lower);
        yield return samples.Figure("a session", "B", Better.Lower);
    }

    /// <summary>Containers that are connected and have each said something, which somebody has seen.</summary>
    private static void Open(ServerUnderTest server, List<WireClient> containers, string prefix, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var container = WireClient.ConnectToHub(server.Address);
            containers.Add(container);
            Watch(server, $"{prefix}-{i}", container, 1)[0].Dispose();
        }
    }

    /// <summary>Viewers that have seen the first message of a container.</summary>
    private static List<WireClient> Watch(ServerUnderTest server, string container, WireClient producer, int viewers)
    {
        producer.SendFrames(HubMessages.Log(container, "here"));
        var watching = Enumerable.Range(0, viewers).Select(_ => WireClient.ConnectToHub(server.Address)).ToList();
        try
        {
            foreach (var viewer in watching)
                viewer.SendFrames(HubMessages.Subscribe(container));
            Listeners.Drain(watching, viewer => viewer.Walker.Outputs > 0, TimeSpan.FromSeconds(60));
            return watching.All(viewer => viewer.Walker.Outputs > 0) ? watching : throw new InvalidOperationException($"the hub did not let {viewers} viewers watch");
        }
        catch
        {
            watching.ForEach(viewer => viewer.Dispose());
            throw;
        }
    }

    /// <summary>
    /// What the server has in memory when nothing happens any more. There is no event to wait for: what has just been delivered, or closed, is given back by the runtime's pools and its collector as time
    /// goes by, and they tell nobody; and a connection that reads nothing must not be asked whether it has come to rest.
    /// </summary>
    private static MemoryUse Settled(BenchContext context, ServerUnderTest server)
    {
        Thread.Sleep(context.Smoke ? 200 : 2_000);
        return MemoryUse.Of(server.Pid);
    }
}
