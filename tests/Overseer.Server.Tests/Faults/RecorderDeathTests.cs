using Overseer.Recorder.Flight;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Faults;

/// <summary>A recorder is killed, alone or together with its server: what runs goes on, and what it prints is recorded.</summary>
public sealed class RecorderDeathTests
{
    [Fact]
    public async Task A_killed_recorder_is_replaced_and_the_next_one_goes_on_with_every_run()
    {
        await using var site = new Site();
        await site.StartAsync();
        await using var client = await site.ConnectAsync();
        var go = new Fifo(site.PathOf("go"));
        await client.StartShellAsync("t", $"printf 'one\\ntw'; read _ < {go.Path}; echo o; exit 9");
        Assert.Equal("one", (await client.ExpectAsync("output", "t")).Data);

        var former = site.RecorderPid;
        site.KillRecorder();
        await site.NextRecorderAsync(former);
        await go.OpenAsync();

        var two = await client.ExpectAsync("output", "t");
        Assert.Equal((2, "two"), (two.Seq, two.Data));
        Assert.Equal(9, (await client.ExpectAsync("exited", "t")).ExitCode);
        Assert.Equal("started", (await client.StartShellAsync("after", "echo after")).Type);
        Assert.Equal("after", (await client.ExpectAsync("output", "after")).Data);
    }

    [Fact]
    public async Task A_program_that_ends_while_there_is_no_recorder_has_its_last_words_and_its_code()
    {
        await using var site = new Site();
        await site.StartAsync();
        await using var client = await site.ConnectAsync();
        var go = new Fifo(site.PathOf("go"));
        var pid = (await client.StartShellAsync("t", $"read _ < {go.Path}; echo last words; exit 33")).Pid;

        // It cannot be dead before it runs on: so the program ends without a recorder for sure.
        var recorder = site.RecorderPid;
        Site.Kill("STOP", recorder);
        await go.OpenAsync();
        await WaitUntilZombieAsync(pid);
        Site.Kill("KILL", recorder);

        Assert.Equal("last words", (await client.ExpectAsync("output", "t")).Data);
        var exited = await client.ExpectAsync("exited", "t");
        Assert.Equal((33, false), (exited.ExitCode, exited.Intentional));
    }

    [Fact]
    public async Task Starts_that_are_asked_for_while_the_recorder_is_dead_are_carried_out_once_by_the_next()
    {
        await using var site = new Site();
        await site.StartAsync();
        await using var client = await site.ConnectAsync();
        await client.StartShellAsync("warm", "exit 0");

        site.KillRecorder();
        var answers = new List<string>();
        for (var i = 0; i < 20; i++)
        {
            answers.Add(await client.SendAsync("start", ("action", "sh"), ("task_id", $"t{i}"), ("params", new System.Text.Json.Nodes.JsonObject { ["script"] = $"echo $$ >> {site.PathOf("starts")}" })));
        }

        foreach (var id in answers)
        {
            Assert.Equal("started", (await client.ExpectAsync("answer", message => message.Id == id)).Type);
        }

        Assert.All(await EndedAsync(client, 21), task => Assert.Equal(0, task.Number("last_exit_code")));
        Assert.Equal(20, File.ReadAllLines(site.PathOf("starts")).Length);
    }

    [Fact]
    public async Task Programs_that_begin_and_end_around_the_death_of_their_recorder_have_their_codes()
    {
        await using var site = new Site();
        await site.StartAsync();
        for (var round = 0; round < 3; round++)
        {
            // The recorder is an earlier server's, so whoever inherits its children is a stranger and takes what they leave.
            await site.KillServerAsync();
            await site.StartAsync();
            var recorder = site.RecorderPid;

            // It begins with all of them before it tells of any, and is killed meanwhile by the first.
            Site.Kill("STOP", recorder);
            string[] tasks = [$"kill{round}", $"a{round}", $"b{round}", $"c{round}"];
            var clients = new List<WireClient>();
            foreach (var task in tasks)
            {
                clients.Add(await site.ConnectAsync());
                await clients[^1].SendAsync("start", ("action", "sh"), ("task_id", task), ("params", new System.Text.Json.Nodes.JsonObject
                {
                    ["script"] = task == tasks[0] ? $"kill -9 {recorder}; exit 5" : "exit 7",
                }));
                await StartingAsync(site, clients.Count);
            }

            Site.Kill("CONT", recorder);
            foreach (var (client, task) in clients.Zip(tasks))
            {
                Assert.Equal((task, task == tasks[0] ? 5 : 7), (task, (await client.ExpectAsync("exited", task)).ExitCode));
                await client.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task Both_can_be_killed_and_what_runs_is_found_again()
    {
        await using var site = new Site();
        await site.StartAsync();
        var go = new Fifo(site.PathOf("go"));
        var end = new Fifo(site.PathOf("end"));
        await using (var client = await site.ConnectAsync())
        {
            await client.StartShellAsync("t", $"echo one; echo uno >&2; read _ < {go.Path}; echo two; echo due >&2; read _ < {end.Path}; exit 4");
            await client.UntilAsync("both streams", message => message.Seq == 2);
        }

        var recorder = site.RecorderPid;
        await site.KillServerAsync();
        Site.Kill("KILL", recorder);
        await go.OpenAsync();
        await site.StartAsync();

        await using var again = await site.ConnectAsync();
        await again.AskAsync("subscribe", ("task_id", "t"), ("from_seq", 1));
        await end.OpenAsync();
        var events = await again.UntilAsync("exited", "t");
        Assert.Equal(["one", "two"], events.Where(e => e.Stream == "stdout").Select(e => e.Data));
        Assert.Equal(["uno", "due"], events.Where(e => e.Stream == "stderr").Select(e => e.Data));
        Assert.Equal([1L, 2, 3, 4], events.Where(e => e.Type == "output").Select(e => e.Seq));
        Assert.DoesNotContain(events, e => e.Type == "gap");
        Assert.Equal(4, events[^1].ExitCode);
    }

    [Fact]
    public async Task A_program_that_ends_while_both_are_dead_is_reported_as_lost_and_not_as_running()
    {
        await using var site = new Site();
        await site.StartAsync();
        int pid;
        await using (var client = await site.ConnectAsync())
        {
            pid = (await client.StartShellAsync("t", "echo one; exec sleep 1000")).Pid;
            await client.ExpectAsync("output", "t");
        }

        var recorder = site.RecorderPid;
        await site.KillServerAsync();
        Site.Kill("KILL", recorder);
        Site.Kill("KILL", pid);
        await site.StartAsync();

        await using var again = await site.ConnectAsync();
        await again.AskAsync("subscribe", ("task_id", "t"), ("from_seq", 1));
        var events = await again.UntilAsync("exited", "t");
        Assert.Contains(events, e => e.Type == "gap" && e.Text("reason") == "recorder_lost");
        Assert.Equal(-1, events[^1].ExitCode);
        Assert.Equal("stopped", Assert.Single(await again.ListAsync()).Text("state"));
    }

    [Fact]
    public async Task A_recorder_that_does_not_answer_is_said_so_and_starts_are_refused_until_it_does()
    {
        await using var site = new Site();
        await site.StartAsync();
        await using var client = await site.ConnectAsync();
        await client.StartShellAsync("t", "trap 'exit 0' TERM; echo ready; while :; do sleep 0.1; done");
        await client.ExpectAsync("output", "t");

        Site.Kill("STOP", site.RecorderPid);
        await site.HealthAsync("recording is stalled");
        var refused = await client.StartShellAsync("u", "exit 0");
        Assert.Equal("error", refused.Type);
        Assert.Contains("recording is stalled", refused.Message, StringComparison.Ordinal);
        Assert.Equal("active", Assert.Single(await client.ListAsync()).Text("state"));

        Site.Kill("CONT", site.RecorderPid);
        await site.HealthAsync("\"ok\"");
        Assert.Equal("started", (await client.StartShellAsync("u", "exit 0")).Type);
    }

    internal static async Task<IReadOnlyList<WireMessage>> EndedAsync(WireClient client, int count, string prefix = "")
    {
        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        while (true)
        {
            var tasks = (await client.ListAsync()).Where(task => task.TaskId!.StartsWith(prefix, StringComparison.Ordinal)).ToList();
            if (tasks.Count == count && tasks.All(task => task.Text("state") == "stopped"))
            {
                return tasks;
            }

            Assert.False(deadline.IsCancellationRequested, $"not all ended: {string.Join('\n', tasks)}");
            await Task.Delay(20);
        }
    }

    /// <summary>Waits until that many starts are under way.</summary>
    private static async Task StartingAsync(Site site, int count)
    {
        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        while (Used() is var used && used != count)
        {
            Assert.False(deadline.IsCancellationRequested, $"{used} starts are under way, not {count}");
            await Task.Delay(5);
        }

        int Used()
        {
            using var flight = FlightPage.Open(site.PathOf("run/flight"));
            return flight.Used;
        }
    }

    private static async Task WaitUntilZombieAsync(int pid)
    {
        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        while (!File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal))
        {
            Assert.False(deadline.IsCancellationRequested, "it does not end");
            await Task.Delay(10);
        }
    }
}
