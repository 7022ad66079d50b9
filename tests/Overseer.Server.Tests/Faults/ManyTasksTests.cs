using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Faults;

/// <summary>As many tasks as a server knows by default, and a fifth of them running.</summary>
[Collection(nameof(Alone))]
public sealed class ManyTasksTests(ITestOutputHelper output)
{
    private const int Running = 2000;
    private const int Ended = 8000;
    private const int Connections = 4;

    private const string Actions = """
        actions:
          sleep:
            type: exec
            config: {entrypoint: sleep, command: ["1000"]}
          end:
            type: exec
            config: {entrypoint: "true"}

        """;

    [Fact]
    public async Task Ten_thousand_known_and_two_thousand_running_tasks_survive_the_server()
    {
        await using var site = new Site("", Actions);
        await site.StartAsync();
        var atStart = MemoryOf(site.Server.Id);
        var clock = Stopwatch.StartNew();
        await StartAsync(site, "sleep", Running);
        Say("started running ones", clock);
        await StartAsync(site, "end", Ended);
        Say("started short ones", clock);
        await using (var client = await site.ConnectAsync())
        {
            await AllAsync(client);
            await PagesAsync(client);
            output.WriteLine($"server: {MemoryOf(site.Server.Id) >> 10} KiB of private memory, {(MemoryOf(site.Server.Id) - atStart) / (Running + Ended)} bytes a task; {DescriptorsOf(site.Server.Id)} descriptors; recorder: {MemoryOf(site.RecorderPid) >> 10} KiB, {DescriptorsOf(site.RecorderPid)} descriptors");
            Assert.InRange(MemoryOf(site.Server.Id) - atStart, 0, (Running + Ended) * 32L * 1024);
        }

        await site.KillServerAsync();
        clock.Restart();
        await site.StartAsync();
        Say("the next server is ready", clock);
        await using (var client = await site.ConnectAsync())
        {
            var tasks = await client.ListAsync();
            Say("first list", clock);
            Check(tasks);
            await PagesAsync(client);
            output.WriteLine($"next server: {MemoryOf(site.Server.Id) >> 10} KiB of private memory, {DescriptorsOf(site.Server.Id)} descriptors");
        }

        clock.Restart();
        site.Server.Signal("TERM");
        Assert.Equal(0, (await site.Server.EndAsync()).Code);
        Say("all stopped", clock);
        Assert.True(clock.Elapsed < WireClient.Deadline, $"{clock.Elapsed}");
        await ServerProcess.NobodyLeftAsync(site.Place);
    }

    /// <summary>Starts that many over a few connections, each with a number of starts under way.</summary>
    private static Task StartAsync(Site site, string action, int count) => Task.WhenAll(Enumerable.Range(0, Connections).Select(async part =>
    {
        await using var client = await site.ConnectAsync();
        const int UnderWay = 100;
        int asked = 0, answered = 0;
        var tasks = new Dictionary<string, string>(StringComparer.Ordinal);
        while (answered < count / Connections)
        {
            while (asked < count / Connections && asked - answered < UnderWay)
            {
                await AskAsync($"{action}-{part}-{asked++}");
            }

            var answer = await client.ExpectAsync("an answer", message => message.Id is not null);
            if (answer.Message?.Contains("recording is stalled", StringComparison.Ordinal) == true)
            {
                // A machine that has too much to do; the wait for answers has its deadline.
                await Task.Delay(50);
                await AskAsync(tasks[answer.Id!]);
                continue;
            }

            Assert.True(answer.Type == "started", answer.ToString());
            answered++;
        }

        async Task AskAsync(string task) => tasks[await client.SendAsync("start", ("action", action), ("task_id", task), ("tags", new JsonArray(action)))] = task;
    }));

    /// <summary>Waits until all short ones have ended.</summary>
    private static async Task AllAsync(WireClient client)
    {
        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        while (true)
        {
            var tasks = await client.ListAsync();
            if (tasks.Count(task => task.Text("state") == "stopped") == Ended)
            {
                Check(tasks);
                return;
            }

            Assert.False(deadline.IsCancellationRequested, "not all ended");
            await Task.Delay(50);
        }
    }

    private static void Check(IReadOnlyList<WireMessage> tasks)
    {
        Assert.Equal(Enumerable.Range(1, Running + Ended).Select(i => (long?)i), tasks.Select(task => task.Number("number")).Order());
        Assert.Equal(Running, tasks.Count(task => task.Text("state") == "active" && task.TaskId!.StartsWith("sleep", StringComparison.Ordinal)));
        Assert.Equal(Ended, tasks.Count(task => task.Text("state") == "stopped" && task.Number("last_exit_code") == 0));
    }

    /// <summary>Pages together are the whole, each task once.</summary>
    private static async Task PagesAsync(WireClient client)
    {
        var seen = new List<string>();
        long after = 0;
        while (await client.ListAsync(("limit", 700), ("after", after)) is { Count: > 0 } page)
        {
            Assert.True(page.Count <= 700);
            seen.AddRange(page.Select(task => task.TaskId!));
            after = page.Max(task => task.Number("number")!.Value);
        }

        Assert.Equal(Running + Ended, seen.Count);
        Assert.Equal(seen.Count, seen.Distinct(StringComparer.Ordinal).Count());
    }

    private static long MemoryOf(int pid) => Kilobytes(File.ReadLines($"/proc/{pid}/status"), "RssAnon:") << 10;

    private static long Kilobytes(IEnumerable<string> lines, string name) =>
        long.Parse(lines.First(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..^"kB".Length], CultureInfo.InvariantCulture);

    private static int DescriptorsOf(int pid) => Directory.GetFileSystemEntries($"/proc/{pid}/fd").Length;

    private void Say(string what, Stopwatch clock) => output.WriteLine($"{what}: {clock.ElapsedMilliseconds} ms");
}
