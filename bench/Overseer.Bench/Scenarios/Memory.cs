namespace Overseer.Bench;

/// <summary>Memory of server and recorder: with nothing to do, for each running task, for each finished one.</summary>
internal sealed class Memory : IScenario
{
    public string Name => "memory";

    public string Purpose => "memory of server and recorder: idle, per running task, per finished task";

    public IEnumerable<Figure> Run(BenchContext context)
    {
        if (!context.WithServer)
            yield break;

        int running = (int)context.Sized(1_000), finished = (int)context.Sized(5_000);
        using var server = context.StartServer();
        using var client = WireClient.Connect(server.Address);
        var samples = new Samples(Name, "server + recorder");
        var idle = Settled(context, server);
        samples.Ours("idle, proportional", idle.Server.Proportional + idle.Recorder.Proportional);
        samples.Ours("idle, resident", idle.Server.Resident + idle.Recorder.Resident);
        samples.Ours("idle, recorder", idle.Recorder.Resident);

        // The first tasks also pay for code and pools that stay; they are no part of a task's price.
        Finish(client, "warm", 50);
        var before = Settled(context, server);
        for (var i = 0; i < running; i++)
            client.Send("start", "start", $"sleep-{i}", "sleep", ("seconds", "3600"));
        for (var i = 0; i < running; i++)
            client.Await("started");
        var during = Settled(context, server);
        samples.Ours("per running task", Growth(before, during) / running);
        for (var i = 0; i < running; i++)
            client.Send("stop", "stop", $"sleep-{i}");
        for (var i = 0; i < running; i++)
            client.Await("exited");

        var calm = Settled(context, server);
        Finish(client, "done", finished);
        samples.Ours("per finished task", Growth(calm, Settled(context, server)) / finished);

        yield return samples.Figure("idle, proportional", "B", Better.Lower);
        yield return samples.Figure("idle, resident", "B", Better.Lower, 90e6);
        yield return samples.Figure("idle, recorder", "B", Better.Lower);
        yield return samples.Figure("per running task", "B", Better.Lower, 10e3);
        yield return samples.Figure("per finished task", "B", Better.Lower);
    }

    /// <summary>The processes' own pages are what grows; 32 at a time, so that the count in flight costs nothing.</summary>
    private static void Finish(WireClient client, string prefix, int count)
    {
        for (var begin = 0; begin < count; begin += 32)
        {
            var batch = Math.Min(32, count - begin);
            for (var i = 0; i < batch; i++)
                client.Send("start", "start", $"{prefix}-{begin + i}", "nothing");
            for (var i = 0; i < batch; i++)
                client.Await("exited");
        }
    }

    private static double Growth((MemoryUse Server, MemoryUse Recorder) before, (MemoryUse Server, MemoryUse Recorder) after) =>
        (after.Server + after.Recorder).Proportional - (before.Server + before.Recorder).Proportional;

    private static (MemoryUse Server, MemoryUse Recorder) Settled(BenchContext context, ServerUnderTest server)
    {
        Thread.Sleep(context.Smoke ? 200 : 2_000);
        return (MemoryUse.Of(server.Pid), MemoryUse.Of(server.RecorderPid));
    }
}
