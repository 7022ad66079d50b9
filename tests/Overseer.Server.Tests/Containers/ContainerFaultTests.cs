using Overseer.Drivers.Docker;
using Overseer.Drivers.Docker.Engine;
using Overseer.Server.Tests.Faults;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Containers;

/// <summary>Servers and engines die, and containers are taken away: nothing is lost, doubled or started twice, and how it ended is told.</summary>
[Collection(nameof(WithPodman))]
public sealed class ContainerFaultTests(Podman podman)
{
    private const int Lines = 250;

    /// <summary>Prints numbered lines on both streams for some seconds.</summary>
    private static readonly string Printer = $"i=0; while [ $i -lt {Lines} ]; do i=$((i+1)); echo out $i; echo err $i >&2; usleep 20000; done; exit 5";

    [Fact]
    public async Task Output_is_neither_lost_nor_doubled_when_the_server_is_killed_again_and_again()
    {
        string[] tasks = ["k1", "k2", "k3"];
        await using var site = new Site(actions: podman.Actions());
        await site.StartAsync();
        await using (var client = await site.ConnectAsync())
        {
            foreach (var task in tasks) Assert.Equal("started", (await client.StartShellAsync(task, Printer)).Type);
            await client.ExpectAsync("output", "k3");
        }

        var born = await StartTimesAsync(tasks);
        for (var kill = 0; kill < 3; kill++)
        {
            await site.KillServerAsync();
            await site.StartAsync();
            await using var client = await site.ConnectAsync();
            await client.AskBesideEventsAsync("subscribe", ("task_id", "k1"), ("from_seq", 20 * (kill + 1)));
            await client.ExpectAsync("output", "k1");
        }

        foreach (var (task, time) in await StartTimesAsync(tasks)) Assert.True(time.Length == 0 || time == born[task], $"{task} was started again");
        await using var last = await site.ConnectAsync();
        foreach (var task in tasks) await AllLinesAsync(last, task);
        foreach (var task in tasks) await podman.NoneOfTaskAsync(task);
    }

    [Fact]
    public async Task An_exit_while_no_server_was_there_is_told_by_the_next()
    {
        var place = Directory.CreateTempSubdirectory("ovgo-").FullName;
        await using var site = new Site(actions: podman.Actions("mounts: [{type: bind, source: " + place + ", target: /go}]"));
        await site.StartAsync();
        await using (var client = await site.ConnectAsync())
        {
            await client.StartShellAsync("t", "echo one; while ! [ -e /go/on ]; do usleep 20000; done; echo two; exit 6");
            await client.ExpectAsync("output", "t");
        }

        await site.KillServerAsync();
        await File.WriteAllTextAsync(Path.Combine(place, "on"), "");
        Assert.Equal(6, await podman.Client.WaitAsync(Assert.Single(await podman.OfTaskAsync("t")).Id, CancellationToken.None).WaitAsync(WireClient.Deadline));
        await site.StartAsync();
        await using var again = await site.ConnectAsync();
        await again.AskAsync("subscribe", ("task_id", "t"), ("from_seq", 2));
        var line = await again.ExpectAsync("output", "t");
        Assert.Equal((2, "two"), (line.Seq, line.Data));
        Assert.Equal(6, (await again.ExpectAsync("exited", "t")).ExitCode);
        await podman.NoneOfTaskAsync("t");
        Directory.Delete(place, recursive: true);
    }

    [Fact]
    public async Task Tasks_go_on_when_their_engine_was_killed_and_is_back()
    {
        var own = new Podman();
        await own.InitializeAsync();
        await using (own)
        {
            await using var server = await RunningServer.StartAsync(own.Actions());
            await using var client = await server.ConnectAsync();
            await client.StartShellAsync("e", Printer);
            await client.ExpectAsync("output", "e");
            await own.KillServiceAsync();
            await NoteAsync(client, "e", note => note == "engine unreachable");
            Assert.StartsWith($"container engine at {own.Socket}: cannot connect: ", (await client.StartShellAsync("new", "true")).Message, StringComparison.Ordinal);
            await own.StartServiceAsync();
            await NoteAsync(client, "e", note => note is null);
            await AllLinesAsync(client, "e");
        }
    }

    [Fact]
    public async Task A_stop_waits_for_an_engine_that_is_away()
    {
        var own = new Podman();
        await own.InitializeAsync();
        await using (own)
        {
            await using var server = await RunningServer.StartAsync(own.Actions("stop: {grace: 60s}"));
            await using var client = await server.ConnectAsync();
            await client.StartShellAsync("e", "trap 'exit 9' TERM; echo ready; while :; do usleep 50000; done");
            await client.ExpectAsync("output", "e");
            await own.KillServiceAsync();
            await NoteAsync(client, "e", note => note == "engine unreachable");
            await client.SendAsync("stop", ("task_id", "e"));
            await own.StartServiceAsync();
            var exited = await client.ExpectAsync("exited", "e");
            Assert.Equal((9, true), (exited.ExitCode, exited.Intentional));
        }
    }

    [Fact]
    public async Task A_container_that_was_removed_behind_our_back_is_over_and_says_why()
    {
        await using var server = await RunningServer.StartAsync(podman.Actions());
        await using var client = await server.ConnectAsync();
        await client.StartShellAsync("r", "echo ready; sleep 600");
        await client.ExpectAsync("output", "r");
        await podman.RunAsync("rm", "--force", "--time", "0", Assert.Single(await podman.OfTaskAsync("r")).Id);

        // Whether its end could still be asked for is the engine's luck.
        Assert.True((await client.ExpectAsync("exited", "r")).ExitCode is -1 or 137);
        Assert.Equal("its container was removed", Assert.Single(await client.ListAsync()).Text("note"));
    }

    [Fact]
    public async Task A_container_that_was_removed_while_no_server_was_there_is_over()
    {
        await using var site = new Site(actions: podman.Actions());
        await site.StartAsync();
        await using (var client = await site.ConnectAsync())
        {
            await client.StartShellAsync("g", "echo ready; sleep 600");
            await client.ExpectAsync("output", "g");
        }

        await site.KillServerAsync();
        await podman.RunAsync("rm", "--force", "--time", "0", Assert.Single(await podman.OfTaskAsync("g")).Id);
        await site.StartAsync();
        await using var again = await site.ConnectAsync();
        await again.AskAsync("subscribe", ("task_id", "g"), ("from_seq", 1));

        // The engine remembers: it was killed for it.
        Assert.Equal(137, (await again.ExpectAsync("exited", "g")).ExitCode);
        Assert.Equal("its container was removed", Assert.Single(await again.ListAsync()).Text("note"));
    }

    [Fact]
    public async Task What_earlier_servers_left_is_cleared_away_and_what_is_anothers_is_not()
    {
        await using var site = new Site(actions: podman.Actions());
        Directory.CreateDirectory(site.State);
        var ours = await LeftAsync(new StateIdentity(site.State).Value);
        var others = await LeftAsync("somebody-else");
        await site.StartAsync();
        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        while (await podman.Client.FindAsync(ours, deadline.Token) is not null) await Task.Delay(20, deadline.Token);
        Assert.NotNull(await podman.Client.FindAsync(others, deadline.Token));
        await podman.Client.RemoveAsync(others, force: true, deadline.Token);

        async Task<string> LeftAsync(string server)
        {
            var run = Guid.NewGuid();
            return await podman.Client.CreateAsync($"overseer-{run:N}", new ContainerSpec
            {
                Image = Podman.Image,
                Cmd = ["true"],
                Labels = new Dictionary<string, string> { ["overseer.server"] = server, ["overseer.run_id"] = run.ToString(), ["overseer.auto_remove"] = "true" },
                HostConfig = new ContainerHostSpec { NetworkMode = "none" },
            }, CancellationToken.None);
        }
    }

    /// <summary>Waits until a task's note is as wanted.</summary>
    private static async Task NoteAsync(WireClient client, string task, Func<string?, bool> wanted)
    {
        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        while (!wanted((await client.ListAsync()).Single(found => found.Text("task_id") == task).Text("note"))) await Task.Delay(20, deadline.Token);
    }

    private static async Task AllLinesAsync(WireClient client, string task)
    {
        await client.AskAsync("unsubscribe", ("task_id", task));
        await client.AskBesideEventsAsync("subscribe", ("task_id", task), ("from_seq", 1));
        var messages = await client.UntilAsync("exited", task);
        Assert.Equal(5, messages[^1].ExitCode);
        var output = messages.Where(message => message.Is("output", task)).ToList();
        Assert.Equal(Enumerable.Range(1, 2 * Lines).Select(seq => (long)seq), output.Select(message => message.Seq));
        foreach (var (stream, word) in ((string, string)[])[("stdout", "out"), ("stderr", "err")])
        {
            Assert.Equal(Enumerable.Range(1, Lines).Select(i => $"{word} {i}"), output.Where(message => message.Stream == stream).Select(message => message.Data));
        }
    }

    /// <summary>When each task's only container was started; empty when it is gone.</summary>
    private async Task<Dictionary<string, string>> StartTimesAsync(string[] tasks)
    {
        var times = new Dictionary<string, string>();
        foreach (var task in tasks)
        {
            var containers = await podman.OfTaskAsync(task);
            Assert.True(containers.Count <= 1, $"{task} has {containers.Count} containers");
            times[task] = containers.Count == 0 || await podman.Client.FindAsync(containers[0].Id, CancellationToken.None) is not { } found ? "" : found.State.StartedAt.ToString("O");
        }

        return times;
    }
}
