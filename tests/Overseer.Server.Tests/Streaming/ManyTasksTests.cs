using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Streaming;

public sealed class ManyTasksTests
{
    private const int TaskCount = 1000;
    private const int Subscribers = 20;
    private const int LinesEach = 200;

    [Fact]
    public async Task A_thousand_tasks_at_once_reach_twenty_subscribers_of_fifty_each_without_hole_or_double()
    {
        await using var server = await RunningServer.StartAsync();
        var gate = server.PathOf("gate");
        using (var made = System.Diagnostics.Process.Start("mkfifo", gate))
        {
            await made.WaitForExitAsync();
        }

        var clients = new List<WireClient>();
        await using var starter = await server.ConnectAsync();
        try
        {
            for (var i = 0; i < Subscribers; i++)
            {
                clients.Add(await server.ConnectAsync());
                for (var task = i; task < TaskCount; task += Subscribers)
                {
                    // The task does not exist yet.
                    Assert.Equal("subscribed", (await clients[i].AskAsync("subscribe", ("task_id", $"t{task}"))).Type);
                }
            }

            // The processes wait at the gate and then print all at once, on both streams.
            var script = $": <{gate}; i=0; while [ $i -lt {LinesEach / 2} ]; do i=$((i+1)); echo line $((2*i-1)); echo line $((2*i)) >&2; done";
            await Task.WhenAll(clients.Select((client, i) => StartAllAsync(server, i, script)));
            await using var open = new FileStream(gate, FileMode.Open, FileAccess.ReadWrite);
            await Task.WhenAll(clients.Select((client, i) => CheckAsync(client, i)));
        }
        finally
        {
            foreach (var client in clients)
            {
                await client.DisposeAsync();
            }
        }

        Assert.All(await starter.ListAsync(), task => Assert.Equal("stopped", task.Text("state")));
    }

    private static async Task StartAllAsync(RunningServer server, int subscriber, string script)
    {
        await using var starter = await server.ConnectAsync();
        for (var task = subscriber; task < TaskCount; task += Subscribers)
        {
            Assert.Equal("started", (await starter.StartShellAsync($"t{task}", script)).Type);
        }
    }

    private static async Task CheckAsync(WireClient client, int subscriber)
    {
        var seqs = new Dictionary<string, long>();
        var numbers = new Dictionary<string, HashSet<long>>();
        var left = TaskCount / Subscribers;
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        while (left > 0)
        {
            var message = NumberedLine.Read(await client.ReadBytesAsync(deadline.Token));
            var task = message.TaskId!;
            Assert.Equal(subscriber, int.Parse(task.AsSpan(1)) % Subscribers);
            if (message.Type == "exited")
            {
                Assert.Equal(LinesEach, seqs[task]);
                Assert.Equal(LinesEach, numbers[task].Count);
                left--;
                continue;
            }

            Assert.Equal("output", message.Type);
            Assert.Equal(seqs.GetValueOrDefault(task) + 1, message.Seq);
            seqs[task] = message.Seq;
            if (!numbers.TryGetValue(task, out var seen))
            {
                numbers[task] = seen = [];
            }

            Assert.True(seen.Add(message.Number), $"{task} line {message.Number} came twice");
        }
    }
}
