using System.Diagnostics;

namespace Overseer.Bench;

/// <summary>How long a <c>list</c> of ten thousand ended tasks takes, and what it costs the server.</summary>
internal sealed class ListTasks : IScenario
{
    private const int Lists = 50;

    public string Name => "list";

    public string Purpose => "list with 10,000 known tasks";

    public IEnumerable<Figure> Run(BenchContext context)
    {
        if (!context.WithServer)
            yield break;

        var tasks = (int)context.Sized(10_000);
        var samples = new Samples(Name, $"{tasks} tasks");
        using var server = context.StartServer();
        SpawnRate.Spawn(context, server, tasks, new Samples("", "the tasks"));
        using var client = WireClient.Connect(server.Address);
        long bytes = 0, answers = 0;
        client.Walker.OnMessage = payload =>
        {
            bytes = payload.Length;
            answers++;
        };
        for (var i = 0; i < Lists / 5; i++)
            _ = Ask();
        for (var i = 0; i < context.Repeat * Lists; i++)
        {
            var cpu = server.Cpu;
            samples.Ours("answer", Ask() * 1e3);
            samples.Ours("CPU of the server", (server.Cpu.Server - cpu.Server) * 1e3);
        }

        if (bytes < tasks * 100)
            context.Fault($"list: an answer of {bytes} bytes for {tasks} tasks");
        yield return samples.Figure("answer", "answer p50", 0.5, "ms", Better.Lower, 6);
        yield return samples.Figure("answer", "answer p99", 0.99, "ms", Better.Lower);
        yield return samples.Figure("CPU of the server", "ms", Better.Lower);

        double Ask()
        {
            var before = answers;
            var begin = Stopwatch.GetTimestamp();
            client.Send("list", "list");
            Listeners.Drain([client], _ => answers > before, TimeSpan.FromSeconds(30));
            return Stopwatch.GetElapsedTime(begin).TotalSeconds;
        }
    }
}
