using System.Text.Json.Nodes;
using Overseer.Chaos.Clients;
using Overseer.Chaos.Halves;
using Overseer.Chaos.Workers;

namespace Overseer.Chaos;

/// <summary>
/// Asks again and again for a task of which only so many may run at once, each under an id of its own. It starts, is queued or is refused; what is queued starts or is dequeued; some are
/// stopped, while they wait or run.
/// </summary>
internal sealed class PoolSlot(int number, int seed, ChaosClient client, LifeRegistry lives, Ropes ropes, StopPermits stops, KillHistory history, Faults faults)
{
    private const char Mark = 'p';
    private const int StoppedInQueue = 12;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(150);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan StopAgain = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan AfterRefusal = TimeSpan.FromMilliseconds(300);
    private readonly Random _random = new((int)(WorkerLines.Mix(((ulong)(uint)seed << 32) | (uint)(number + 10_000)) & int.MaxValue));

    /// <summary>Whether a task is one of these.</summary>
    internal static bool IsPooled(string token) => token[0] == Mark;

    /// <summary>Runs until nothing new is to be begun. What was begun last may run on.</summary>
    internal async Task RunAsync(CancellationToken end)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(end, faults.Stop);
        try
        {
            for (var generation = 1; !end.IsCancellationRequested; generation++)
            {
                var token = $"{Mark}{number:00}g{generation}";
                var watch = new Watch(token, lives);
                client.WatchOwn(watch);
                await StartAsync(token, watch, either.Token);
                await client.UnwatchAsync(watch);
            }
        }
        catch (OperationCanceledException) when (!faults.Stop.IsCancellationRequested)
        {
            // The end.
        }
    }

    private async Task StartAsync(string token, Watch watch, CancellationToken end)
    {
        var life = lives.Add(LifePlan.DrawPooled(seed, token, ServerConfiguration.Limit));
        life.Watch = watch;
        var stopInQueue = _random.Next(100) < StoppedInQueue;
        var request = new JsonObject { ["action"] = life.Plan.Action, ["task_id"] = token, ["params"] = life.Plan.Parameters(), ["tags"] = new JsonArray(token) };
        if (life.Plan.Force)
            request["force"] = true;
        var answer = await client.AskAsync("start", request);
        switch (answer?.GetProperty("type").GetString())
        {
            case "started":
                life.Outcome = StartOutcome.Acknowledged;
                break;
            case "error":
                life.Outcome = StartOutcome.Refused;
                await Task.Delay(AfterRefusal, end);
                return;
            default:
                // What is not known to a later server was never taken, or was dequeued.
                life.Outcome = StartOutcome.Queued;
                break;
        }
        if (stopInQueue)
            await StopAsync(life, end);
        else
            await FollowAsync(life, end);
        if (life.Outcome != StartOutcome.Refused)
            await CloseAsync(life);
    }

    /// <summary>Until it has ended for good, or left the queue without having begun.</summary>
    private async Task FollowAsync(Life life, CancellationToken end)
    {
        var running = TimeSpan.Zero;
        for (var waited = TimeSpan.Zero; await LookAsync(life) is var state and not "stopped"; waited += BetweenLooks)
        {
            if (state is null)
                return;
            if (waited > Patience + (life.Plan.Duration * 4))
                faults.Add($"{life.Plan} is {state} after {waited.TotalSeconds:0} s; {ropes.Facts(life)}");
            running += state == "active" ? BetweenLooks : TimeSpan.Zero;
            if (life.Plan.Ending == Ending.Stop && running > life.Plan.StopAfter)
            {
                await StopAsync(life, end);
                return;
            }
            await Task.Delay(BetweenLooks, end);
        }
    }

    private async Task StopAsync(Life life, CancellationToken end)
    {
        await stops.EnterAsync(end);
        try
        {
            life.StopRequested = true;
            for (var waited = TimeSpan.Zero; await LookAsync(life) is not (null or "stopped"); waited += BetweenLooks)
            {
                if (waited > Patience)
                    faults.Add($"{life.Plan} was stopped {waited.TotalSeconds:0} s ago, and is not; {ropes.Facts(life)}");
                if (waited.Ticks % StopAgain.Ticks == 0)
                    await client.TellAsync("stop", new JsonObject { ["task_id"] = life.Token });
                await Task.Delay(BetweenLooks, faults.Stop);
            }
        }
        finally
        {
            stops.Leave();
        }
    }

    // Null: nobody knows it, so it never ran and never will.
    private async Task<string?> LookAsync(Life life)
    {
        while (true)
        {
            if (await client.AskAsync("list", new JsonObject { ["tag"] = life.Token }) is not { } answer)
                continue;
            var task = answer.GetProperty("tasks").EnumerateArray().Where(task => task.GetProperty("task_id").GetString() == life.Token).ToList();
            var state = task.Count == 0 ? null : task[0].GetProperty("state").GetString();
            if (state is null)
            {
                if (life.Outcome is not StartOutcome.Queued)
                    faults.Add($"{life.Plan} has begun, and is not known any more");
                life.Outcome = StartOutcome.Refused;
                life.IsSettled = true;
                history.Note($"{life.Token}: dequeued, or never taken");
            }
            else if (life.Outcome == StartOutcome.Queued && task[0].TryGetProperty("last_started_at", out _))
            {
                life.Outcome = StartOutcome.FoundLater;
            }
            return state;
        }
    }

    private async Task CloseAsync(Life root)
    {
        root.IsSettled = true;
        foreach (var life in lives.Series(root))
        {
            if (EndedUnnoted(life) || await Until.TrueAsync(() => ropes.IsComplete(life), Patience, faults.Stop))
                life.IsOver = true;
            else
                faults.Add($"{life.Plan} has exited, and not everything it wrote was seen; {ropes.Facts(life)}");
        }
    }

    // It was told to make room before its first step, and left the queue for good later. By now its task is stopped, so it begins no more.
    private bool EndedUnnoted(Life life) => life.MayBeStopped && lives.Progress(life) is null;
}
