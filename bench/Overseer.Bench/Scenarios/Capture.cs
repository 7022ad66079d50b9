using System.Diagnostics;

namespace Overseer.Bench;

/// <summary>One task, nobody listens: what recording alone costs.</summary>
internal sealed class Capture : IScenario
{
    private const long Lines = 2_000_000;

    public string Name => "capture";

    public string Purpose => "2,000,000 lines of 80 bytes that nobody listens to, in large writes and line by line";

    public IEnumerable<Figure> Run(BenchContext context)
    {
        using var server = context.WithServer ? context.StartServer() : null;
        foreach (var (name, write, rate, cpuTarget) in new[] { ("64 KiB writes", 64 * 1024, 6e6, 0.12), ("a write per line", 1, 1.5e6, 0.3) })
        {
            var order = new EmitOrder(context.Sized(Lines), write);
            var samples = new Samples(Name, name);
            if (server is not null)
                Record(context, server, order with { Lines = order.Lines / 10 + 1 }, new Samples("", "warm-up"));
            for (var i = 0; i < context.Repeat; i++)
            {
                if (server is not null)
                    Record(context, server, order, samples);
                var (seconds, cpu) = BareDelivery.Run(context, order, listeners: 0);
                samples.Limit("lines", order.Lines / seconds);
                samples.Limit("CPU a million", cpu / order.Lines * 1e6);
            }
            yield return samples.Figure("lines", "/s", Better.Higher, rate);
            yield return samples.Figure("CPU a million", "s", Better.Lower, cpuTarget);
            yield return samples.Figure("server's part", "s", Better.Lower);
            yield return samples.Figure("recorder's part", "s", Better.Lower);
        }
    }

    private static void Record(BenchContext context, ServerUnderTest server, EmitOrder order, Samples samples)
    {
        var task = "capture-" + Guid.NewGuid().ToString("N");
        var report = Path.Combine(context.Directory, task);
        using var gate = new Gate(context.Directory);
        using var client = WireClient.Connect(server.Address);
        client.Send("start", "start", task, "emit", order.Parameters(context, gate, report));
        client.Await("started");
        client.Send("unsubscribe", "deaf", task);
        client.Await("unsubscribed");
        gate.AwaitChild();

        var cpu = server.Cpu;
        gate.Open();
        var writer = EmitReport.Await(report, TimeSpan.FromMinutes(5));
        AwaitEnd(client, task);
        var used = server.Cpu - cpu;

        samples.Ours("lines", order.Lines / writer.Elapsed.TotalSeconds);
        samples.Ours("CPU a million", used.Both / order.Lines * 1e6);
        samples.Ours("server's part", used.Server / order.Lines * 1e6);
        samples.Ours("recorder's part", used.Recorder / order.Lines * 1e6);

        // The journal is the witness: the last line has the number of the last line.
        client.Walker.Forget();
        client.Subscribe("listen", task, order.Lines);
        client.Await("subscribed");
        Listeners.Drain([client], each => each.Walker.Outputs > 0, TimeSpan.FromSeconds(10));
        if (client.Walker.Outputs != 1 || client.Walker.LastSequence != order.Lines)
            context.Fault($"capture: the journal ends with line {client.Walker.LastSequence} instead of {order.Lines}");
    }

    private static void AwaitEnd(WireClient client, string task)
    {
        var begin = Stopwatch.GetTimestamp();
        while (true)
        {
            client.Send("list", "look");
            foreach (var each in client.Await("tasks").GetProperty("tasks").EnumerateArray())
            {
                if (each.GetProperty("task_id").ValueEquals(task) && !each.GetProperty("state").ValueEquals("active"))
                    return;
            }
            if (Stopwatch.GetElapsedTime(begin) > TimeSpan.FromSeconds(30))
                throw new TimeoutException("the task is still active 30 s after its last line");
            Thread.Sleep(2);
        }
    }
}
