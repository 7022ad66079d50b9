using System.Globalization;
using System.Net.WebSockets;
using Overseer.Server.Tests.Faults;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Registry;

/// <summary>
/// kill -9 of the server while eight clients add processes: every add that was acknowledged is there afterwards, and nothing that nobody asked for. <c>OVERSEER_ADDER_ROUNDS</c> says how often.
/// </summary>
public sealed class AdderDeathTests
{
    private const int Adders = 8;
    private const int Each = 40;

    private static int Rounds => int.TryParse(Environment.GetEnvironmentVariable("OVERSEER_ADDER_ROUNDS"), NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : 8;

    [Fact]
    public async Task Every_acknowledged_add_survives()
    {
        await using var site = new Site();
        await using var sleepers = await Foreigner.StartAsync(Adders * Each, "setsid", "python3", "-c", Forks(Adders * Each));
        var random = new Random(11);
        var (acknowledged, killedEarly) = (0, 0);
        await site.StartAsync();
        for (var round = 0; round < Rounds; round++)
        {
            var added = new Dictionary<int, long>();
            var enough = new TaskCompletionSource();
            var until = random.Next(1, Adders * Each);
            var adders = Enumerable.Range(0, Adders).Select(adder => AddAsync(adder)).ToList();
            await Task.WhenAny(enough.Task, Task.WhenAll(adders));
            await site.KillServerAsync();
            await Task.WhenAll(adders);

            await site.StartAsync();
            await using var client = await site.ConnectAsync();
            var listed = (await client.ListAsync()).ToDictionary(task => (int)task.Number("current_pid")!.Value);
            Assert.All(added, add => Assert.Equal((add.Value, $"n{add.Key}", "active"), (listed[add.Key].Number("number"), listed[add.Key].Text("name"), listed[add.Key].Text("state"))));
            Assert.All(listed.Keys, pid => Assert.Contains(pid, sleepers.Pids));
            Assert.Equal(listed.Count, listed.Values.Select(task => task.Number("number")).Distinct().Count());

            // Beside them at most those that were on their way: one of each.
            Assert.InRange(listed.Count, added.Count, added.Count + Adders);
            acknowledged += added.Count;
            killedEarly += added.Count < Adders * Each ? 1 : 0;
            foreach (var task in listed.Values)
            {
                Assert.Equal("forgotten", (await client.AskAsync("forget", ("task_id", task.TaskId))).Type);
            }

            async Task AddAsync(int adder)
            {
                try
                {
                    await using var one = await site.ConnectAsync();
                    for (var i = 0; i < Each; i++)
                    {
                        var pid = sleepers.Pids[(adder * Each) + i];
                        var answer = await one.AskAsync("adopt", ("pid", pid), ("name", $"n{pid}"));
                        Assert.True(answer.Type == "adopted", answer.ToString());
                        lock (added)
                        {
                            added[pid] = answer.Json.GetProperty("task").GetProperty("number").GetInt64();
                            if (added.Count == until)
                            {
                                enough.TrySetResult();
                            }
                        }
                    }
                }
                catch (Exception e) when (e is WebSocketException or IOException or TimeoutException or HttpRequestException)
                {
                    // The server is dead.
                }
            }
        }

        Assert.True(acknowledged > 0 && killedEarly > 0, $"{acknowledged} adds, {killedEarly} rounds cut short: nothing was tested");
    }

    /// <summary>A program that starts so many sleeping processes, prints their pids and waits for them: children of a process of Python share its memory, so that thousands fit.</summary>
    internal static string Forks(int count) => $$"""
        import os, signal, sys
        pids = []
        for i in range({{count}}):
            pid = os.fork()
            if pid == 0:
                while True: signal.pause()
            pids.append(pid)
        print("\n".join(map(str, pids)), flush=True)
        for _ in pids: os.wait()
        """;
}
