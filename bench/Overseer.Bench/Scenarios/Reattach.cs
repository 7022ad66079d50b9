using System.Diagnostics;

namespace Overseer.Bench;

/// <summary>A server is killed while a thousand tasks run; how long it takes until the next one has them, and answers.</summary>
internal sealed class Reattach : IScenario
{
    public string Name => "reattach";

    public string Purpose => "kill -9 of the server with 1,000 tasks running: until the next one answers, and its first list";

    public IEnumerable<Figure> Run(BenchContext context)
    {
        if (!context.WithServer)
            yield break;

        var tasks = (int)context.Sized(1_000);
        var samples = new Samples(Name, $"{tasks} running");
        var server = context.StartServer();
        try
        {
            using (var client = WireClient.Connect(server.Address))
            {
                for (var i = 0; i < tasks; i++)
                    client.Send("start", "start", $"sleep-{i}", "sleep", ("seconds", "3600"));
                for (var i = 0; i < tasks; i++)
                    client.Await("started");
            }

            for (var i = 0; i < context.Repeat; i++)
            {
                var begin = Stopwatch.GetTimestamp();
                server = server.KillAndStartAgain(context.Overseer);
                samples.Ours("until it answers", Stopwatch.GetElapsedTime(begin).TotalSeconds);
                using var client = WireClient.Connect(server.Address);
                client.Send("list", "list");
                var listed = client.Await("tasks").GetProperty("tasks");
                samples.Ours("until the first list", Stopwatch.GetElapsedTime(begin).TotalSeconds);
                var running = listed.EnumerateArray().Count(task => task.GetProperty("state").GetString() == "active");
                if (running != tasks)
                    context.Fault($"reattach: {running} of {tasks} tasks are there and active");
            }
        }
        finally
        {
            server.Dispose();
        }

        yield return samples.Figure("until it answers", "s", Better.Lower, 1);
        yield return samples.Figure("until the first list", "s", Better.Lower, 2);
    }
}
