using System.Globalization;
using System.Text.Json;

namespace Overseer.Bench;

/// <summary>From the exit of a process to the start of the next, by the recorder's own times, when the policy has no delay.</summary>
internal sealed class Restart : IScenario
{
    public string Name => "restart";

    public string Purpose => "a task that exits every 20 ms: from an exit to the next process";

    public IEnumerable<Figure> Run(BenchContext context)
    {
        if (!context.WithServer)
            yield break;

        var count = (int)context.Sized(300) * context.Repeat;
        var samples = new Samples(Name, "no delay");
        using var server = context.StartServer();
        using var client = WireClient.Connect(server.Address);
        DateTimeOffset? exited = null;
        var seen = 0;
        client.Walker.OnMessage = payload =>
        {
            var reader = new Utf8JsonReader(payload);
            var message = JsonElement.ParseValue(ref reader);
            switch (message.GetProperty("type").GetString())
            {
                case "exited":
                    exited = Time(message);
                    break;
                case "started" when exited is { } at:
                    if (seen++ >= 20)
                        samples.Ours("exit to start", (Time(message) - at).TotalMilliseconds);
                    break;
                case "error":
                    throw new InvalidOperationException("the server refused: " + message.GetRawText());
            }
        };
        client.Send("start", "start", "again", "again");
        Listeners.Drain([client], _ => seen >= count + 20, TimeSpan.FromMinutes(2));

        yield return samples.Figure("exit to start", "exit to start p50", 0.5, "ms", Better.Lower, 3);
        yield return samples.Figure("exit to start", "exit to start p99", 0.99, "ms", Better.Lower);
    }

    private static DateTimeOffset Time(JsonElement message) => DateTimeOffset.Parse(message.GetProperty("ts").GetString()!, CultureInfo.InvariantCulture);
}
