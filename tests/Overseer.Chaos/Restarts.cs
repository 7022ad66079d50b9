using System.Text.Json;
using System.Text.Json.Nodes;
using Overseer.Chaos.Clients;
using Overseer.Chaos.Halves;
using Overseer.Chaos.Workers;

namespace Overseer.Chaos;

/// <summary>
/// Sees a task with a retry policy through: to where it is given up, from there again after a reset, or to a stop at a random moment: while a process runs, or a restart is awaited, or ordered.
/// That each restart was due, and none was left out, is found from the journal at the end (<see cref="Checks.RetryAudit"/>).
/// </summary>
internal sealed class Restarts(ChaosClient client, LifeRegistry lives, Ropes ropes, StopPermits stops, Faults faults)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan StopAgain = TimeSpan.FromSeconds(3);

    /// <exception cref="OperationCanceledException">It runs on.</exception>
    internal async Task SeeThroughAsync(Life root, CancellationToken end)
    {
        if (root.Plan.StopAfter > TimeSpan.Zero)
        {
            await Task.Delay(root.Plan.StopAfter, end);
            await stops.EnterAsync(end);
            try
            {
                await StopAsync(root);
            }
            finally
            {
                stops.Leave();
            }
        }
        else
        {
            await GiveUpAsync(root, end);
        }
        root.IsSettled = true;
        foreach (var life in lives.Series(root))
        {
            if (await Until.TrueAsync(() => ropes.IsComplete(life), Patience, faults.Stop))
                life.IsOver = true;
            else
                faults.Add($"{life.Plan} has exited, and not everything it wrote was seen; {ropes.Facts(life)}");
        }
    }

    private async Task GiveUpAsync(Life root, CancellationToken end)
    {
        for (var resets = 0; ; resets++)
        {
            await StateAsync(root, state => state == "errored", end);
            root.WasGivenUp = true;
            if (resets == root.Plan.Retries!.Resets)
                return;
            var before = lives.CountStarts(root);
            root.NoteReset(before);
            root.WasGivenUp = false;
            await ResetAsync(root, before);
        }
    }

    // A lost answer: given up still, and no other process, means that it never happened. It was asked over an earlier connection, so it is not on its way any more.
    private async Task ResetAsync(Life root, int before)
    {
        while (true)
        {
            if (await client.AskAsync("reset", new JsonObject { ["task_id"] = root.Token }) is { } answer)
            {
                if (answer.GetProperty("type").GetString() != "started")
                    faults.Add($"{root.Plan} cannot be reset: {answer.GetRawText()}");
                return;
            }
            if (await StateAsync(root) != "errored" || lives.CountStarts(root) != before)
                return;
        }
    }

    private async Task StopAsync(Life root)
    {
        root.StopRequested = true;
        string? state;
        var waited = TimeSpan.Zero;
        do
        {
            if (waited > Patience)
                faults.Add($"{root.Plan} was stopped {waited.TotalSeconds:0} s ago, and is not");
            await client.TellAsync("stop", new JsonObject { ["task_id"] = root.Token });
            state = null;
            for (var left = StopAgain; left > TimeSpan.Zero && state is not ("stopped" or "errored"); left -= BetweenLooks, waited += BetweenLooks)
            {
                await Task.Delay(BetweenLooks, faults.Stop);
                state = await StateAsync(root);
            }
        }
        while (state is not ("stopped" or "errored"));
        root.WasGivenUp = state == "errored";
    }

    private async Task StateAsync(Life root, Func<string?, bool> wanted, CancellationToken end)
    {
        var limit = Patience + ((root.Plan.Duration + root.Plan.Retries!.Delay) * 40);
        for (var waited = TimeSpan.Zero; !wanted(await StateAsync(root)); waited += BetweenLooks)
        {
            if (waited > limit)
                faults.Add($"{root.Plan} has not got to its end within {limit.TotalSeconds:0} s; {ropes.Facts(lives.Series(root)[^1])}");
            await Task.Delay(BetweenLooks, end);
        }
    }

    private async Task<string?> StateAsync(Life root)
    {
        while (true)
        {
            if (await client.AskAsync("list", new JsonObject { ["tag"] = root.Token }) is { } answer)
                return answer.GetProperty("tasks").EnumerateArray().Where(task => task.GetProperty("task_id").GetString() == root.Token).Select(task => task.GetProperty("state").GetString()).FirstOrDefault();
        }
    }
}
