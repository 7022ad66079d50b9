using Overseer.Chaos.Clients;

namespace Overseer.Chaos;

/// <summary>Clients that start nothing, and watch many tasks from their first line on, some of them late. What they do depends on the seed and the tasks' names alone.</summary>
internal sealed class Audience(int seed, IReadOnlyList<ChaosClient> clients, LifeRegistry lives, Faults faults)
{
    private const int MostDelay = 8000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private readonly List<Task> _tasks = [];
    private readonly Lock _gate = new();

    /// <summary>A task is about to be started.</summary>
    internal Task<(ChaosClient Client, Watch Watch)> Invite(string token)
    {
        var random = new Random(token.Aggregate(seed, (hash, letter) => hash * 31 + letter));
        return WatchAsync(token, clients[random.Next(clients.Count)], TimeSpan.FromMilliseconds(random.Next(2) * random.Next(MostDelay)));
    }

    /// <summary>A task is over: whoever watches it has to see the end of its last life, and leaves.</summary>
    internal void Dismiss(Task<(ChaosClient Client, Watch Watch)> seat, Life last)
    {
        lock (_gate)
            _tasks.Add(LeaveAsync(seat, last));
    }

    /// <summary>Waits for those that were dismissed.</summary>
    internal Task LeftAsync()
    {
        lock (_gate)
            return Task.WhenAll(_tasks);
    }

    private async Task<(ChaosClient Client, Watch Watch)> WatchAsync(string token, ChaosClient client, TimeSpan delay)
    {
        await Task.Delay(delay, faults.Stop);
        var watch = new Watch(token, lives);
        await client.WatchAsync(watch);
        return (client, watch);
    }

    private async Task LeaveAsync(Task<(ChaosClient Client, Watch Watch)> seat, Life last)
    {
        try
        {
            var (client, watch) = await seat;
            if (!await Until.TrueAsync(() => watch.EndOf(last) is not null, Patience, faults.Stop))
                faults.Add($"a client that watches has not seen the end of {last.Plan}");
            await client.UnwatchAsync(watch);
        }
        catch (OperationCanceledException)
        {
            // The end, or another fault.
        }
    }
}
