using System.Diagnostics;
using System.Text.Json;

namespace Overseer.Bench;

/// <summary>/bin/true from its start to its exit, 64 at a time, asked for on one connection.</summary>
internal sealed class SpawnRate : IScenario
{
    private const int InFlight = 64;

    public string Name => "spawn";

    public string Purpose => "5,000 times /bin/true from start to exited, 64 outstanding on one connection";

    public IEnumerable<Figure> Run(BenchContext context)
    {
        var count = (int)context.Sized(5_000);
        var samples = new Samples(Name, $"{InFlight} outstanding");
        using var server = context.WithServer ? context.StartServer() : null;
        if (server is not null)
            Spawn(context, server, count / 5 + 1, new Samples("", "warm-up"));
        for (var i = 0; i < context.Repeat; i++)
        {
            if (server is not null)
                Spawn(context, server, count, samples);
            var (seconds, cpu) = BareSpawn.Run(count, InFlight);
            samples.Limit("start to exited", count / seconds);
            samples.Limit("CPU a start", cpu / count * 1e6);
        }
        yield return samples.Figure("start to exited", "/s", Better.Higher, 2_000);
        yield return samples.Figure("CPU a start", "µs", Better.Lower);
        yield return samples.Figure("server's part", "µs", Better.Lower);
        yield return samples.Figure("recorder's part", "µs", Better.Lower);
    }

    internal static void Spawn(BenchContext context, ServerUnderTest server, int count, Samples samples)
    {
        var prefix = Guid.NewGuid().ToString("N") + "-";
        var started = new bool[count];
        int asked = 0, ended = 0, early = 0;
        using var client = WireClient.Connect(server.Address);
        void Ask()
        {
            client.Send("start", "s", prefix + asked, "nothing");
            asked++;
        }

        client.Walker.OnMessage = payload =>
        {
            var reader = new Utf8JsonReader(payload);
            var message = JsonElement.ParseValue(ref reader);
            var type = message.GetProperty("type").GetString();
            if (type == "error")
                throw new InvalidOperationException("the server refused: " + message.GetRawText());
            if (type is not ("started" or "exited"))
                return;
            var number = int.Parse(message.GetProperty("task_id").GetString().AsSpan(prefix.Length));
            if (type == "started")
            {
                started[number] = true;
                return;
            }
            ended++;
            if (!started[number])
                early++;
            if (asked < count)
                Ask();
        };

        var cpu = server.Cpu;
        var begin = Stopwatch.GetTimestamp();
        while (asked < Math.Min(InFlight, count))
            Ask();
        Listeners.Drain([client], _ => ended == count, TimeSpan.FromMinutes(5));
        var seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        var used = server.Cpu - cpu;

        if (early > 0 || ended != count)
            context.Fault($"spawn: {ended} of {count} exited, {early} of them before their started");
        samples.Ours("start to exited", count / seconds);
        samples.Ours("CPU a start", used.Both / count * 1e6);
        samples.Ours("server's part", used.Server / count * 1e6);
        samples.Ours("recorder's part", used.Recorder / count * 1e6);
    }
}
