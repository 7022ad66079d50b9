using System.Text.Json;
using System.Text.Json.Nodes;
using Overseer.Chaos.Clients;
using Overseer.Chaos.Halves;
using Overseer.Chaos.Workers;

namespace Overseer.Chaos;

/// <summary>
/// Looks at the pool all the time, and changes it now and then: purges its queue, lowers its limit so that running tasks have to wait again, and raises it. From one look to the next nobody
/// may have begun before somebody who waited in front of him, and waits still.
/// </summary>
internal sealed class PoolKeeper(int seed, ChaosClient client, ChaosPlaces places, LifeRegistry lives, StopPermits stops, KillHistory history, Faults faults)
{
    private const int Lowered = 2;
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    // So long after it, nobody is being ended any more who has to make room.
    private static readonly TimeSpan ExcessOver = ServerConfiguration.ExcessGrace + TimeSpan.FromSeconds(3);
    private readonly Random _random = new(seed + 1);
    private readonly Dictionary<string, (Life Life, int Starts)> _overtakers = [];
    private IReadOnlyList<(string Item, int Starts)> _before = [];
    private int _limit = ServerConfiguration.Limit;

    /// <summary>How often the queue was looked at.</summary>
    internal int Looks { get; private set; }

    /// <summary>How often it was purged, or the limit changed.</summary>
    internal int Changes { get; private set; }

    internal async Task RunAsync(CancellationToken end)
    {
        try
        {
            for (var until = _random.Next(20); !end.IsCancellationRequested && !faults.Stop.IsCancellationRequested; until--)
            {
                await LookAsync();
                if (until == 0)
                {
                    Changes++;
                    until = 3 + _random.Next(20);
                    await (_random.Next(4) == 0 ? PurgeAsync() : _limit == Lowered ? SetAsync(ServerConfiguration.Limit) : LowerAsync());
                }
                await Task.Delay(BetweenLooks, faults.Stop);
            }
        }
        catch (OperationCanceledException)
        {
            // Another fault.
        }
    }

    /// <summary>Nothing runs any more: those that were overtaken by nobody, and those that were too many, are known now.</summary>
    internal void Audit()
    {
        LookForCrowd();
        foreach (var (life, starts) in _overtakers.Values)
        {
            if (lives.CountStarts(life) is var now && now != starts)
                faults.Add($"{life.Plan} has begun before somebody who waited in front of it: {starts} processes before, {now} now");
        }
    }

    private async Task LookAsync()
    {
        if (await client.AskAsync("pool_info", new JsonObject { ["action"] = ServerConfiguration.Pooled }) is not { } answer)
            return;
        Looks++;
        LookForCrowd();
        var pool = answer.GetProperty("pool");
        _limit = pool.GetProperty("limit").GetInt32();
        var items = pool.TryGetProperty("queue_items", out var waiting) ? waiting.EnumerateArray().ToList() : [];
        if (pool.GetProperty("running").GetInt32() > ServerConfiguration.Limit || pool.GetProperty("queue_depth").GetInt32() != items.Count)
            faults.Add($"a pool that cannot be: {answer.GetRawText()}");
        var now = items.ConvertAll(item => (Item: $"{item.GetProperty("task_id").GetString()} {item.GetProperty("queued_at").GetString()}", Starts: 0));
        var known = now.Select(item => item.Item).ToHashSet(StringComparer.Ordinal);
        var front = _before.TakeWhile(item => !known.Contains(item.Item)).Count();
        foreach (var (gone, starts) in _before.Skip(front).Where(item => !known.Contains(item.Item)))
        {
            var token = gone[..gone.IndexOf(' ', StringComparison.Ordinal)];
            if (lives.Find(token, 1, 0) is { } life)
                _overtakers[gone] = (life, starts);
        }
        var stay = _before.Where(item => known.Contains(item.Item)).Select(item => item.Item).ToList();
        if (!stay.SequenceEqual(now.Select(item => item.Item).Where(stay.ToHashSet(StringComparer.Ordinal).Contains)))
            faults.Add($"the queue was {string.Join(", ", _before)}, and its order is another now: {answer.GetRawText()}");
        _before = now.ConvertAll(item => (item.Item, lives.Find(item.Item[..item.Item.IndexOf(' ', StringComparison.Ordinal)], 1, 0) is { } life ? lives.CountStarts(life) : 0));
    }

    private void LookForCrowd()
    {
        if (File.Exists(places.Crowded))
            faults.Add($"more than {ServerConfiguration.Limit} ran at once: {File.ReadAllText(places.Crowded)}");
    }

    private async Task PurgeAsync()
    {
        history.Note("the queue is purged");
        _ = await client.AskAsync("purge", new JsonObject { ["action"] = ServerConfiguration.Pooled });
    }

    // Who has to make room ends in between: not while both halves are to be killed.
    private async Task LowerAsync()
    {
        await stops.EnterAsync(faults.Stop);
        try
        {
            history.Note("the limit is lowered");
            if (!await SetAsync(Lowered) || !await HasRoomAsync())
                await Task.Delay(ExcessOver, faults.Stop);
        }
        finally
        {
            stops.Leave();
        }
    }

    private async Task<bool> SetAsync(int limit) => await client.AskAsync("set_pool", new JsonObject { ["action"] = ServerConfiguration.Pooled, ["size"] = limit }) is not null;

    // False: the connection was lost.
    private async Task<bool> HasRoomAsync()
    {
        for (var waited = TimeSpan.Zero; ; waited += BetweenLooks)
        {
            if (await client.AskAsync("pool_info", new JsonObject { ["action"] = ServerConfiguration.Pooled }) is not { } answer)
                return false;
            var pool = answer.GetProperty("pool");
            if (pool.GetProperty("limit").GetInt32() is var limit && (limit == 0 || pool.GetProperty("running").GetInt32() <= limit))
                return limit == Lowered;
            if (waited > Patience)
                faults.Add($"the limit was lowered {waited.TotalSeconds:0} s ago: {answer.GetRawText()}");
            await Task.Delay(BetweenLooks, faults.Stop);
        }
    }
}
