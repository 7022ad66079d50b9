using System.Text.Json;
using System.Text.Json.Nodes;
using Overseer.Chaos.Clients;
using Overseer.Chaos.Halves;
using Overseer.Chaos.Workers;

namespace Overseer.Chaos;

/// <summary>
/// Keeps one task running at a time: starts it, waits for its end or stops it (or sees its policy through, see <see cref="Restarts"/>), starts it again under its id, and goes on to another
/// id after a few lives. What it does depends on seed and number alone; when, on what it waits for.
/// </summary>
internal sealed class Slot(int number, int seed, ChaosClient client, Audience audience, LifeRegistry lives, Ropes ropes, StopPermits stops, KillHistory history, Faults faults)
{
    private const int MostLives = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan StopAgain = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan AfterRefusal = TimeSpan.FromMilliseconds(200);
    private readonly Random _random = new(HashCode(seed, number));
    private readonly Restarts _restarts = new(client, lives, ropes, stops, faults);
    private readonly List<Task> _closing = [];
    private int _requests;

    /// <summary>Runs until nothing new is to be begun. What was begun last may run on.</summary>
    internal async Task RunAsync(CancellationToken end)
    {
        for (var generation = 1; !end.IsCancellationRequested; generation++)
        {
            var token = $"s{number:00}g{generation}";
            var watch = new Watch(token, lives);
            client.WatchOwn(watch);
            _requests = 0;
            var others = audience.Invite(token);
            var count = _random.Next(1, MostLives + 1);
            Life? last = null;
            for (var i = 0; i < count && !end.IsCancellationRequested; i++)
            {
                last = await StartAsync(token, watch);
                if (!await Until.TrueAsync(() => watch.HasSeen(last), Patience, faults.Stop))
                {
                    faults.Add($"nothing was heard of {last.Plan} ({last.Outcome}) for {Patience.TotalSeconds:0} s; {ropes.Facts(last)}");
                    return;
                }
                if (!await EndAsync(last, watch, end))
                    return;
                last = lives.Series(last)[^1];
                await Task.Delay(_random.Next(3) == 0 ? _random.Next(500) : 0, faults.Stop);
            }
            await Task.WhenAll(_closing);
            _closing.Clear();
            if (last is { IsOver: true })
            {
                audience.Dismiss(others, last);
                await client.UnwatchAsync(watch);
            }
        }
    }

    private static int HashCode(int seed, int number) => (int)(WorkerLines.Mix(((ulong)(uint)seed << 32) | (uint)number) & int.MaxValue);

    private async Task<Life> StartAsync(string token, Watch watch)
    {
        while (true)
        {
            var life = lives.Add(LifePlan.Draw(seed, token, ++_requests));
            life.Watch = watch;
            var request = new JsonObject { ["action"] = life.Plan.Action, ["task_id"] = token, ["params"] = life.Plan.Parameters(), ["tags"] = new JsonArray(token) };
            if (life.Plan.Retries is { } retries)
                request["retry_policy"] = retries.ToPolicy();
            var answer = await client.AskAsync("start", request);
            if (answer is not { } message)
            {
                life.Outcome = await IsKnownAsync(life) ? StartOutcome.FoundLater : StartOutcome.Refused;
                history.Note($"{token}.{life.Number}: the answer to its start was lost, {(life.Outcome == StartOutcome.FoundLater ? "it is known" : "nobody knows of it")}");
            }
            else if (message.GetProperty("type").GetString() == "started")
            {
                life.Outcome = StartOutcome.Acknowledged;
            }
            else
            {
                life.Outcome = StartOutcome.Refused;
                var why = message.GetProperty("message").GetString()!;
                history.Note($"{token}.{life.Number}: refused, {why}");
                if (why.Contains("already", StringComparison.Ordinal))
                    faults.Add($"{life.Plan}: {why}, though its life before is over");
                await Task.Delay(AfterRefusal, faults.Stop);
            }
            if (life.Outcome != StartOutcome.Refused)
                return life;
        }
    }

    // Asked over a later connection, so of a later server: the request itself is not on its way any more.
    private async Task<bool> IsKnownAsync(Life life)
    {
        while (true)
        {
            if (await client.AskAsync("list", new JsonObject { ["tag"] = life.Token }) is { } answer)
            {
                return answer.GetProperty("tasks").EnumerateArray().Any(task => task.GetProperty("task_id").GetString() == life.Token
                    && task.GetProperty("params").GetProperty("life").GetString() == life.Number.ToString(System.Globalization.CultureInfo.InvariantCulture));
            }
        }
    }

    // False: it runs on, since everything comes to its end.
    private async Task<bool> EndAsync(Life life, Watch watch, CancellationToken end)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(end, faults.Stop);
        try
        {
            if (life.Plan.Ending == Ending.RestartByPolicy)
            {
                await _restarts.SeeThroughAsync(life, either.Token);
            }
            else if (life.Plan.Ending == Ending.Stop)
            {
                await Task.Delay(life.Plan.StopAfter, either.Token);
                await stops.EnterAsync(either.Token);
                try
                {
                    await StopAsync(life, watch);
                }
                finally
                {
                    stops.Leave();
                }
            }
            else
            {
                if (!await Until.TrueAsync(() => watch.EndOf(life) is not null, life.Plan.Duration * 4 + Patience, either.Token))
                    faults.Add($"the exit of {life.Plan} is not told; {ropes.Facts(life)}");
                _closing.Add(CloseAsync(life));
            }
            return true;
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested && !faults.Stop.IsCancellationRequested)
        {
            await Task.WhenAll(_closing);
            return false;
        }
    }

    private async Task StopAsync(Life life, Watch watch)
    {
        life.StopRequested = true;
        for (var waited = TimeSpan.Zero; watch.EndOf(life) is null; waited += StopAgain)
        {
            if (waited > Patience)
                faults.Add($"{life.Plan} was stopped {waited.TotalSeconds:0} s ago, and its exit is not told; {ropes.Facts(life)}");
            await client.TellAsync("stop", new JsonObject { ["task_id"] = life.Token });
            await Until.TrueAsync(() => watch.EndOf(life) is not null, StopAgain, faults.Stop);
        }
        if (!await Until.TrueAsync(() => lives.Progress(life) is not { } page || !Ropes.IsAlive(life, page.DaemonPid), Patience, faults.Stop))
            faults.Add($"the daemon of {life.Plan} lives {Patience.TotalSeconds:0} s after the stop; {ropes.Facts(life)}");
        await CloseAsync(life);
    }

    // Waits for the end of its daemon, and for the last of what both have written.
    private async Task CloseAsync(Life life)
    {
        var limit = life.Plan.Duration * 4 + Patience;
        if (await Until.TrueAsync(() => ropes.IsComplete(life), limit, faults.Stop))
            life.IsOver = true;
        else
            faults.Add($"{life.Plan} has exited, and not everything it wrote was seen; {ropes.Facts(life)}");
    }
}
