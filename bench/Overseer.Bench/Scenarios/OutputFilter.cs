namespace Overseer.Bench;

/// <summary>
/// What an output filter costs: the same lines through an action with a condition that all of them pass and through one without, taking turns. The one without
/// stands in the place of the prototype, so that the ratio is what is left.
/// </summary>
internal sealed class OutputFilter : IScenario
{
    private const int Rounds = 2;

    public string Name => "filter";

    public string Purpose => "1,000,000 lines to one subscriber through an output condition, compared with none";

    public IEnumerable<Figure> Run(BenchContext context)
    {
        if (!context.WithServer)
            yield break;

        var order = new EmitOrder(context.Sized(1_000_000));
        var samples = new Samples(Name, "1 subscriber");
        using var server = context.StartServer();
        foreach (var action in new[] { "emit-filtered", "emit" })
            Delivery.Deliver(context, server, order with { Lines = order.Lines / 4 + 1 }, 1, new Samples("", "warm-up"), action);
        for (var i = 0; i < context.Repeat * Rounds; i++)
        {
            foreach (var action in i % 2 == 0 ? (string[])["emit-filtered", "emit"] : ["emit", "emit-filtered"])
            {
                var one = new Samples("", "");
                Delivery.Deliver(context, server, order, 1, one, action);
                foreach (var name in new[] { "messages", "CPU" })
                {
                    var value = one.Figure(name, "", Better.Higher).Value ?? 0;
                    if (action == "emit")
                        samples.Limit(name, value);
                    else
                        samples.Ours(name, value);
                }
            }
        }

        yield return samples.Figure("messages", "/s", Better.Higher);
        yield return samples.Figure("CPU", "s", Better.Lower);
    }
}
