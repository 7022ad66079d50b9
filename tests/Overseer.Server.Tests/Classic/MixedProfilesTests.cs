using Overseer.Server.Tests.Harness;
using Overseer.Server.Tests.Streaming;

namespace Overseer.Server.Tests.Classic;

/// <summary>One server, the same tasks, and clients of all three profiles at once. Alone: descriptors are counted.</summary>
[Collection(nameof(Harness.Alone))]
public sealed class MixedProfilesTests
{
    private const int Tasks = 12;
    private const int Lines = 4000;
    private const int ClientsOfEach = 3;
    private const string Twice = """{"restart_delay":"10ms","error_window":"10m","error_threshold":2}""";

    [Fact]
    public async Task Each_client_sees_all_that_its_profile_says_in_order_and_complete()
    {
        await using var server = await RunningServer.StartAsync(OldClients.AnyCommand);
        var clients = new List<(string Profile, WireClient Client)>();
        try
        {
            foreach (var profile in (string[])["v0", "v1", "v2"])
            {
                for (var i = 0; i < ClientsOfEach; i++) clients.Add((profile, await OldClients.ConnectAsync(server, profile)));
            }

            foreach (var (_, client) in clients.Where(one => one.Profile == "v2"))
            {
                for (var task = 0; task < Tasks; task++) await client.AskAsync("subscribe", ("task_id", $"t{task}"));
            }

            var hearing = clients.Select(one => HearAsync(one.Client)).ToList();
            await using var starter = await OldClients.ConnectAsync(server, "v1");
            for (var task = 0; task < Tasks; task++)
            {
                // Each runs twice, by a restart.
                var script = $"i=0; while [ $i -lt {Lines} ]; do i=$((i+1)); echo line $i; done; exit 1";
                await starter.SendAsync($$"""{"type":"start","task_id":"t{{task}}","command":"sh","args":["-c","{{script}}"],"retry_policy":{{Twice}}}""");
            }

            var own = await HearAsync(starter);
            var heard = await Task.WhenAll(hearing);

            Assert.All(heard, one => Assert.Equal(Tasks, one.Count));
            Assert.All(heard.SelectMany(one => one.Values), events => Assert.Equal($"{Lines} exited restarting started {Lines} exited errored", events));
            Assert.All(own.Values, events => Assert.Equal($"started {Lines} exited restarting started {Lines} exited errored", events));
        }
        finally
        {
            foreach (var (_, client) in clients) await client.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_classic_connection_costs_nothing_for_tasks_that_have_ended_and_hears_of_them_when_they_come_again()
    {
        const int ended = 400;
        const int connections = 20;
        await using var server = await RunningServer.StartAsync(OldClients.AnyCommand);
        await using var starter = await server.ConnectAsync();
        for (var i = 0; i < ended; i++) await starter.SendAsync("start", ("command", "true"), ("task_id", $"t{i}"));
        var left = ended;
        await starter.ExpectAsync("all exits", message => message.Type == "exited" && --left == 0);
        var clients = new List<WireClient>();
        try
        {
            // Warm, so that what a first connection opens for good is not counted.
            clients.Add(await OldClients.ConnectAsync(server, "v1"));
            var before = Descriptors();
            for (var i = 0; i < connections; i++) clients.Add(await OldClients.ConnectAsync(server, i % 2 == 0 ? "v1" : "v0"));

            // Two for each connection, as both ends are in this process. The last words of a task that has just ended may still be read, by each of them.
            using var reading = new CancellationTokenSource(WireClient.Deadline);
            while (Descriptors() - before is var more && more > (2 * connections) + 20)
            {
                Assert.False(reading.IsCancellationRequested, $"{more} descriptors for {connections} connections");
                await Task.Yield();
            }

            await starter.AskAsync("start", ("command", "echo"), ("args", new System.Text.Json.Nodes.JsonArray("again")), ("task_id", "t7"));
            foreach (var client in clients)
            {
                Assert.Equal(["output again 1", "exited  0"], (await client.UntilAsync("exited", "t7")).Select(message => $"{message.Type} {message.Data} {message.Seq}"));
            }
        }
        finally
        {
            foreach (var client in clients) await client.DisposeAsync();
        }

        static int Descriptors() => Directory.GetFiles("/proc/self/fd").Length;
    }

    [Fact]
    public async Task What_a_grandchild_prints_after_the_exit_still_comes_to_who_connected_in_between()
    {
        await using var server = await RunningServer.StartAsync(OldClients.AnyCommand);
        await using var starter = await server.ConnectAsync();
        var gate = new Fifo(server.PathOf("gate"));
        await starter.StartShellAsync("t", $"printf half; (read line <{gate.Path}; echo ' late') & exit 0");
        await starter.ExpectAsync("exited", "t");
        await using var classic = await OldClients.ConnectAsync(server, "v1");

        await gate.OpenAsync();

        var late = await classic.ExpectAsync("output", "t");
        Assert.Equal((" late", 2L), (late.Data, late.Seq));
    }

    /// <summary>What came of each task, up to the end of the last: output as how many lines there were in a row, each checked to be the next.</summary>
    private static async Task<Dictionary<string, string>> HearAsync(WireClient client)
    {
        var events = new Dictionary<string, List<string>>();
        var lines = new Dictionary<string, long>();
        var seqs = new Dictionary<string, long>();
        var left = Tasks;
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        while (left > 0)
        {
            var message = NumberedLine.Read(await client.ReadBytesAsync(deadline.Token));
            if (message.TaskId is not { } task) continue;
            if (!events.TryGetValue(task, out var all)) events[task] = all = [];
            if (message.Type == "output")
            {
                Assert.Equal(seqs.GetValueOrDefault(task) + 1, message.Seq);
                Assert.Equal(lines.GetValueOrDefault(task) + 1, message.Number);
                (seqs[task], lines[task]) = (message.Seq, message.Number);
                continue;
            }

            if (lines.Remove(task, out var count)) all.Add($"{count}");
            all.Add(message.Type);
            left -= message.Type == "errored" ? 1 : 0;
        }

        return events.ToDictionary(one => one.Key, one => string.Join(' ', one.Value));
    }
}
