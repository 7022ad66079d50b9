namespace Overseer.Bench;

/// <summary>
/// What it costs to store the state: the same work on a server with its database and on one without (<c>db: none</c>), taking turns. The one without stands in
/// the place of the prototype, so that the ratio is the price.
/// </summary>
internal sealed class Persistence : IScenario
{
    private const int Rounds = 4;

    public string Name => "persistence";

    public string Purpose => "throughput and starts with the database, compared with db: none";

    public IEnumerable<Figure> Run(BenchContext context)
    {
        if (!context.WithServer)
            yield break;

        // Long enough that the one commit at the end of a task is lost in it: nothing is stored on the way of a line.
        var lines = new EmitOrder(context.Sized(5_000_000));
        var starts = (int)context.Sized(3_000);
        var main = new Samples(Name, "1 subscriber");
        var spawn = new Samples(Name, "64 outstanding");
        using var with = context.StartServer();
        using var without = context.StartServer(stores: false);
        foreach (var server in new[] { with, without })
        {
            Delivery.Deliver(context, server, lines with { Lines = lines.Lines / 4 + 1 }, 1, new Samples("", "warm-up"));
            SpawnRate.Spawn(context, server, starts / 3 + 1, new Samples("", "warm-up"));
        }

        for (var i = 0; i < context.Repeat * Rounds; i++)
        {
            Pair(i, (server, samples) => Delivery.Deliver(context, server, lines, 1, samples), main, "messages", "CPU");
            Pair(i, (server, samples) => SpawnRate.Spawn(context, server, starts, samples), spawn, "start to exited", "server's part");
        }

        yield return main.Figure("messages", "/s", Better.Higher);
        yield return main.Figure("CPU", "s", Better.Lower);
        yield return spawn.Figure("start to exited", "/s", Better.Higher);
        yield return spawn.Figure("server's part", "µs", Better.Lower);

        // The one that comes second finds a warmer machine: they take turns in that too.
        void Pair(int round, Action<ServerUnderTest, Samples> work, Samples into, params string[] names)
        {
            ServerUnderTest[] order = round % 2 == 0 ? [with, without] : [without, with];
            foreach (var server in order)
            {
                var one = new Samples("", "");
                work(server, one);
                foreach (var name in names)
                {
                    var value = one.Figure(name, "", Better.Higher).Value ?? 0;
                    if (server == with)
                        into.Ours(name, value);
                    else
                        into.Limit(name, value);
                }
            }
        }
    }
}
