using System.Diagnostics;

namespace Overseer.Bench;

/// <summary>One task, so many lines, so many subscribers; the starter is one of them.</summary>
internal sealed class Delivery : IScenario
{
    private readonly IReadOnlyList<DeliveryCase> _cases;

    private Delivery(string name, string purpose, IReadOnlyList<DeliveryCase> cases)
    {
        Name = name;
        Purpose = purpose;
        _cases = cases;
    }

    public string Name { get; }

    public string Purpose { get; }

    internal static Delivery Throughput { get; } = new("throughput", "1,000,000 lines of 80 bytes to one subscriber",
        [new(Subscribers: 1, Lines: 1_000_000, RateTarget: 3.5e6, CpuTarget: 0.4, CpuPerMessageTarget: null)]);

    // 100 subscribers get fewer lines each: 20 million messages are enough to measure.
    internal static Delivery FanOut { get; } = new("fanout", "the same lines to 1, 10 and 100 subscribers",
        [
            new(Subscribers: 1, Lines: 1_000_000, RateTarget: null, CpuTarget: null, CpuPerMessageTarget: null),
            new(Subscribers: 10, Lines: 1_000_000, RateTarget: 6e6, CpuTarget: null, CpuPerMessageTarget: 0.2),
            new(Subscribers: 100, Lines: 200_000, RateTarget: 6e6, CpuTarget: null, CpuPerMessageTarget: 0.2),
        ]);

    public IEnumerable<Figure> Run(BenchContext context)
    {
        using var server = context.WithServer ? context.StartServer() : null;
        foreach (var one in _cases)
        {
            var order = new EmitOrder(context.Sized(one.Lines));
            var samples = new Samples(Name, one.Subscribers == 1 ? "1 subscriber" : $"{one.Subscribers} subscribers");
            if (server is not null)
                Deliver(context, server, order with { Lines = order.Lines / 10 + 1 }, one.Subscribers, new Samples("", "warm-up"));
            _ = BareDelivery.Run(context, order with { Lines = order.Lines / 10 + 1 }, one.Subscribers);
            for (var i = 0; i < context.Repeat; i++)
            {
                if (server is not null)
                    Deliver(context, server, order, one.Subscribers, samples);
                var (seconds, cpu) = BareDelivery.Run(context, order, one.Subscribers);
                var messages = (double)order.Lines * one.Subscribers;
                samples.Limit("messages", messages / seconds);
                samples.Limit("CPU", cpu);
                samples.Limit("CPU a message", cpu / messages * 1e6);
            }
            yield return samples.Figure("messages", "/s", Better.Higher, one.RateTarget);
            yield return samples.Figure("CPU", "s", Better.Lower, one.CpuTarget);
            yield return samples.Figure("CPU of the server", "s", Better.Lower);
            yield return samples.Figure("CPU of the recorder", "s", Better.Lower);
            yield return samples.Figure("CPU a message", "µs", Better.Lower, one.CpuPerMessageTarget);
        }
    }

    internal static void Deliver(BenchContext context, ServerUnderTest server, EmitOrder order, int subscribers, Samples samples, string action = "emit")
    {
        var task = "emit-" + Guid.NewGuid().ToString("N");
        var report = Path.Combine(context.Directory, task);
        using var gate = new Gate(context.Directory);
        var clients = Enumerable.Range(0, subscribers).Select(_ => WireClient.Connect(server.Address)).ToList();
        try
        {
            foreach (var client in clients)
                client.Walker.CheckEach = context.Verify;
            foreach (var client in clients.Skip(1))
                client.Send("subscribe", "listen", task);
            foreach (var client in clients.Skip(1))
                client.Await("subscribed");
            clients[0].Send("start", "start", task, action, order.Parameters(context, gate, report));
            clients[0].Await("started");
            gate.AwaitChild();

            var cpu = server.Cpu;
            var begin = Stopwatch.GetTimestamp();
            gate.Open();
            Listeners.Drain(clients, client => client.Exits > 0, TimeSpan.FromMinutes(5));
            var seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
            var used = server.Cpu - cpu;
            _ = EmitReport.Await(report, TimeSpan.FromSeconds(10));

            var messages = (double)order.Lines * subscribers;
            samples.Ours("messages", messages / seconds);
            samples.Ours("CPU", used.Both);
            samples.Ours("CPU of the server", used.Server);
            samples.Ours("CPU of the recorder", used.Recorder);
            samples.Ours("CPU a message", used.Both / messages * 1e6);
            Check(context, clients, order.Lines);
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }
    }

    private static void Check(BenchContext context, List<WireClient> clients, long lines)
    {
        for (var i = 0; i < clients.Count; i++)
        {
            var walker = clients[i].Walker;
            if (walker.Outputs != lines || walker.FirstSequence != 1 || walker.LastSequence != lines || walker.Holes != 0)
            {
                context.Fault(
                    $"subscriber {i + 1} of {clients.Count}: {walker.Outputs} of {lines} lines, seq {walker.FirstSequence} to {walker.LastSequence}, " +
                    $"{walker.Holes} holes, close code {walker.CloseCode?.ToString() ?? "none"}");
            }
        }
    }
}
