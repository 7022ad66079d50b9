using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Overseer.Chaos.Clients;
using Overseer.Chaos.Halves;
using Overseer.Chaos.Workers;

namespace Overseer.Chaos;

/// <summary>
/// Keeps a task running that reads, and writes numbers to it, one after the other: what was accepted must arrive once and in order; of what was not answered, because the server was killed, all
/// or nothing. Then ends its input, by which it exits.
/// </summary>
internal sealed class ReaderSlot(int number, int seed, ChaosClient client, ChaosPlaces places, LifeRegistry lives, Ropes ropes, KillHistory history, Faults faults)
{
    private const int MostFiller = 3000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private readonly Random _random = new((int)(WorkerLines.Mix(((ulong)(uint)seed << 32) | (uint)(number + 20_000)) & int.MaxValue));

    /// <summary>How many messages were accepted.</summary>
    internal int Accepted { get; private set; }

    internal async Task RunAsync(CancellationToken end)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(end, faults.Stop);
        try
        {
            for (var generation = 1; !end.IsCancellationRequested; generation++)
            {
                var token = $"r{number:00}g{generation}";
                var watch = new Watch(token, lives);
                client.WatchOwn(watch);
                if (await FeedAsync(token, watch, either.Token))
                    await client.UnwatchAsync(watch);
            }
        }
        catch (OperationCanceledException) when (!faults.Stop.IsCancellationRequested)
        {
            // The end.
        }
    }

    // False: it may still run, and whoever watches it has to see its end.
    private async Task<bool> FeedAsync(string token, Watch watch, CancellationToken end)
    {
        var life = lives.Add(LifePlan.DrawReader(seed, token));
        life.Watch = watch;
        var answer = await client.AskAsync("start", new JsonObject { ["action"] = life.Plan.Action, ["task_id"] = token, ["params"] = life.Plan.Parameters(), ["tags"] = new JsonArray(token) });
        if (answer?.GetProperty("type").GetString() != "started")
        {
            // Not worth more: another one is started instead. It may run, and then ends with everything else.
            life.Outcome = answer is null ? StartOutcome.Unknown : StartOutcome.Refused;
            await Task.Delay(TimeSpan.FromMilliseconds(300), end);
            return answer is not null;
        }
        life.Outcome = StartOutcome.Acknowledged;
        if (!await Until.TrueAsync(() => watch.HasSeen(life), Patience, end))
            faults.Add($"nothing was heard of {life.Plan}; {ropes.Facts(life)}");
        var accepted = new List<string>();
        var doubtful = new HashSet<string>(StringComparer.Ordinal);
        var left = life.Plan.Duration;
        for (var count = 1; left > TimeSpan.Zero; count++)
        {
            var data = Line(count);
            var got = await WriteAsync(token, data, eof: false);
            if (got is null)
                doubtful.Add(data);
            else if (got != "accepted")
                faults.Add($"{life.Plan} takes no input: {got}; {ropes.Facts(life)}");
            if (got is null or "accepted")
                accepted.Add(data);
            Accepted += got is null ? 0 : 1;
            var pause = TimeSpan.FromMilliseconds(_random.Next(60));
            left -= pause;
            await Task.Delay(pause, end);
        }
        await EndAsync(life, watch);
        CheckInput(life, accepted, doubtful);
        return true;
    }

    private async Task EndAsync(Life life, Watch watch)
    {
        // A second end of input is refused, which is as good.
        while (await WriteAsync(life.Token, "", eof: true) is null)
            history.Note($"{life.Token}: the answer to the end of its input was lost");
        if (await Until.TrueAsync(() => watch.EndOf(life) is not null && ropes.IsComplete(life), Patience, faults.Stop))
            life.IsOver = true;
        else
            faults.Add($"the input of {life.Plan} has ended, and it has not; {ropes.Facts(life)}");
    }

    private void CheckInput(Life life, List<string> sent, HashSet<string> doubtful)
    {
        var text = File.ReadAllText(places.Input(life), Encoding.ASCII);
        var at = 0;
        foreach (var data in sent)
        {
            if (string.CompareOrdinal(text, at, data, 0, data.Length) == 0)
                at += data.Length;
            else if (!doubtful.Contains(data))
                faults.Add($"{life.Plan} has read {text.Length} bytes; at {at}, where {data.Length} bytes \"{Show(data)}\" are due, is \"{Show(text[at..])}\"");
        }
        if (at != text.Length)
            faults.Add($"{life.Plan} has read {text.Length} bytes, {text.Length - at} more than were written: \"{Show(text[at..])}\"");
    }

    // Null: the connection was lost before the answer.
    private async Task<string?> WriteAsync(string token, string data, bool eof)
    {
        var request = new JsonObject { ["task_id"] = token, ["data"] = data };
        if (eof)
            request["eof"] = true;
        if (await client.AskAsync("input", request) is not { } answer)
            return null;
        return answer.GetProperty("type").GetString() == "accepted" ? "accepted" : answer.GetRawText();
    }

    // No longer than what a pipe takes at once or not at all.
    private string Line(int count) => count.ToString(CultureInfo.InvariantCulture) + ' ' + new string((char)('a' + (count % 26)), _random.Next(MostFiller)) + '\n';

    private static string Show(string text) => text.Length > 40 ? text[..40] + "…" : text;
}
