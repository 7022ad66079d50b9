using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Overseer.Server.Tests.Harness;
using Overseer.Storage;

namespace Overseer.Server.Tests.Faults;

/// <summary>
/// Restarts and turns in a queue that come when they cannot be carried out: each is carried out once as soon as it can be, and none counts as an exit. (All policies here give up at the
/// second exit.)
/// </summary>
public sealed class RestartFaultTests
{
    private const int Megabytes = 8;
    private const string Actions = RunningServer.Shell + """
          one:
            type: exec
            task_pool: {size: 1, queue_size: 10}
            config: {entrypoint: sh, command: ["-c", "[[.script]]"], parameters: {script: "exec sleep 1000"}}

        """;

    [Fact]
    public async Task Restarts_that_are_due_while_the_recorder_is_dead_are_carried_out_once_by_the_next()
    {
        const int tasks = 20;
        await using var site = new Site();
        await site.StartAsync();
        await using var client = await site.ConnectAsync();
        for (var i = 0; i < tasks; i++)
        {
            await StartAsync(client, site, $"t{i}", Policy($"{100 + (i * 20)}ms"));
        }

        await LetExitAsync(site);
        var restarting = 0;
        await client.ExpectAsync("restarting of all", message => message.Type == "restarting" && ++restarting == tasks);
        for (var kills = 0; kills < 3; kills++)
        {
            var former = site.RecorderPid;
            site.KillRecorder();
            await site.NextRecorderAsync(former);
        }

        for (var i = 0; i < tasks; i++)
        {
            await RestartedOnceAsync(client, site, $"t{i}");
        }
    }

    [Fact]
    public async Task What_is_listed_is_stored_unless_the_database_is_stuck()
    {
        await using var site = new Site();
        await site.StartAsync();
        await using var client = await site.ConnectAsync();
        await using var observer = await site.ConnectAsync();
        await StartAsync(client, site, "t", Policy("1h"));
        await LetExitAsync(site);
        await client.ExpectAsync("restarting", "t");
        using (var holder = StoreConnection.Open(Path.Combine(site.State, "overseer.db")))
        {
            holder.Execute("BEGIN IMMEDIATE");
            await client.SendAsync("stop", ("task_id", "t"));
            TimeSpan took;
            WireMessage listed;
            using var deadline = new CancellationTokenSource(WireClient.Deadline);
            do
            {
                Assert.False(deadline.IsCancellationRequested, "it is never shown as stopped");
                var asked = Stopwatch.GetTimestamp();
                listed = await TaskAsync(observer, "t");
                took = Stopwatch.GetElapsedTime(asked);
            }
            while (listed.Text("state") != "stopped");

            // It has waited for the commit, and not without end.
            Assert.InRange(took, TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(4));
            holder.Execute("ROLLBACK");
        }

        await client.ExpectAsync("dequeued", "t");
        await site.KillServerAsync();
        await site.StartAsync();
        await using var later = await site.ConnectAsync();
        Assert.Equal("stopped", (await TaskAsync(later, "t")).Text("state"));
    }

    [Theory]
    [InlineData("CONT")]
    [InlineData("KILL")]
    public async Task Restarts_and_turns_that_come_while_recording_is_stalled_wait_for_its_end_by(string signal)
    {
        var delay = TimeSpan.FromSeconds(6);
        await using var site = new Site("", Actions);
        await site.StartAsync();
        await using var client = await site.ConnectAsync();
        await StartAsync(client, site, "t", Policy("6s"));
        await StartAsync(client, site, "stopped", Policy("6s"));
        await client.AskAsync("start", ("action", "one"), ("task_id", "first"));
        var queued = await client.AskAsync("start", ("action", "one"), ("task_id", "second"), ("params", Script(Once(site, "second", "exec sleep 1000"))));
        Assert.Equal("queued", queued.Type);
        await LetExitAsync(site);
        var restarting = 0;
        await client.ExpectAsync("restarting of both", message => message.Type == "restarting" && ++restarting == 2);
        var begin = Stopwatch.GetTimestamp();
        var recorder = site.RecorderPid;
        Site.Kill("STOP", recorder);
        await site.HealthAsync("recording is stalled");

        await client.AskAsync("set_pool", ("action", "one"), ("size", 2));
        await Task.Delay(delay + TimeSpan.FromSeconds(0.5) - Stopwatch.GetElapsedTime(begin) is { Ticks: > 0 } left ? left : TimeSpan.Zero);
        await client.SendAsync("stop", ("task_id", "stopped"));
        Assert.Equal(["active", "active", "active", "active"], (await client.ListAsync()).Select(task => task.Text("state")));
        Assert.Single(Starts(site, "t"));
        Assert.Empty(Starts(site, "second"));

        Site.Kill(signal, recorder);
        var then = await client.UntilAsync("started and dequeued", AllOf(["started t", "started second", "dequeued stopped"]));
        Assert.Contains(then, message => message.Is("started", "second") && message.Id == queued.Id);
        await RestartedOnceAsync(client, site, "t");
        Assert.Single(Starts(site, "second"));
        Assert.Single(Starts(site, "stopped"));
        Assert.Equal("stopped", (await TaskAsync(client, "stopped")).Text("state"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task While_the_state_cannot_be_stored_restarts_and_turns_wait_and_nothing_is_queued(bool killRecorder)
    {
        await using var site = new Site("", Actions);
        var state = site.Mount(Disk.Small(site.State, Megabytes));
        site.Mount(Disk.Small(Path.Combine(site.State, "journals"), Megabytes));
        await site.StartAsync();
        await using var client = await site.ConnectAsync();
        foreach (var id in (string[])["t", "stopped"])
        {
            await StartAsync(client, site, id, Policy("0s"));
        }

        await client.AskAsync("start", ("action", "one"), ("task_id", "first"));
        var queued = await client.AskAsync("start", ("action", "one"), ("task_id", "second"), ("params", Script(Once(site, "second", "exec sleep 1000"))));
        Assert.Equal("queued", queued.Type);
        state.Fill();
        await NotStoredAsync(site, client);

        // Nothing is promised: neither a start, nor a place in a queue.
        var refused = await client.AskAsync("start", ("action", "one"), ("task_id", "third"));
        Assert.Equal("error", refused.Type);
        Assert.Contains("the state cannot be stored", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(await client.ListAsync(), task => task.TaskId == "third");

        await LetExitAsync(site);
        await client.UntilAsync("restarting of both", AllOf(["restarting t", "restarting stopped"]));
        await client.AskAsync("set_pool", ("action", "one"), ("size", 2));
        await client.SendAsync("stop", ("task_id", "stopped"));
        Assert.Equal("stopped", (await client.ExpectAsync("dequeued", "stopped")).Text("reason"));
        if (killRecorder)
        {
            var former = site.RecorderPid;
            site.KillRecorder();
            await site.NextRecorderAsync(former);
            await site.HealthAsync("the state cannot be stored");
        }

        Assert.Single(Starts(site, "t"));
        Assert.Empty(Starts(site, "second"));

        state.Empty();
        var then = await client.UntilAsync("both starts", AllOf(["started t", "started second"]));
        Assert.Contains(then, message => message.Is("started", "second") && message.Id == queued.Id);
        await site.HealthAsync("\"ok\"");
        await RestartedOnceAsync(client, site, "t");
        Assert.Single(Starts(site, "second"));
        Assert.Single(Starts(site, "stopped"));
        Assert.Equal("queued", (await client.AskAsync("start", ("action", "one"), ("task_id", "third"))).Type);

        await site.KillServerAsync();
        await site.StartAsync();
        await using var again = await site.ConnectAsync();
        Assert.Equal(
            ["first active 0", "second active 0", "stopped stopped 0", "t active 1", "third queued 0"],
            (await again.ListAsync()).Where(task => !task.TaskId!.StartsWith("filler", StringComparison.Ordinal)).Select(task => $"{task.TaskId} {task.Text("state")} {task.Number("restart_count")}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task On_a_full_disk_a_task_is_restarted_and_what_has_its_turn_waits_for_room_for_its_journal()
    {
        await using var site = new Site("", Actions);
        Directory.CreateDirectory(site.State, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var journals = site.Mount(Disk.Small(Path.Combine(site.State, "journals"), Megabytes));
        await site.StartAsync();
        await using var client = await site.ConnectAsync();
        await StartAsync(client, site, "t", Policy("0s"));
        await client.AskAsync("start", ("action", "one"), ("task_id", "first"));
        foreach (var id in (string[])["second", "stopped"])
        {
            Assert.Equal("queued", (await client.AskAsync("start", ("action", "one"), ("task_id", id), ("params", Script(Once(site, id, "exec sleep 1000"))))).Type);
        }

        journals.Fill();
        Assert.Contains("cannot record the output", (await client.StartShellAsync("refused", "exit 0")).Message, StringComparison.Ordinal);
        await LetExitAsync(site);
        await RestartedOnceAsync(client, site, "t");

        await client.AskAsync("set_pool", ("action", "one"), ("size", 3));
        await client.SendAsync("stop", ("task_id", "stopped"));
        Assert.Equal("stopped", (await client.ExpectAsync("dequeued", "stopped")).Text("reason"));
        Assert.Equal("active", (await TaskAsync(client, "second")).Text("state"));
        Assert.Empty(Starts(site, "second"));
        journals.Empty();
        await client.ExpectAsync("started", "second");
        await UntilAsync(() => Starts(site, "second").Length == 1);
        Assert.Empty(Starts(site, "stopped"));
    }

    [Fact]
    public async Task After_a_reboot_a_lost_task_with_a_policy_is_restarted_one_without_is_stopped_and_its_place_is_given_on()
    {
        await using var site = new Site("", Actions);
        await site.StartAsync();
        await using (var client = await site.ConnectAsync())
        {
            await StartAsync(client, site, "kept", Policy("50ms"));
            await client.StartShellAsync("plain", "exec sleep 1000");
            await client.AskAsync("start", ("action", "one"), ("task_id", "first"));
            Assert.Equal("queued", (await client.AskAsync("start", ("action", "one"), ("task_id", "second"))).Type);
            await UntilAsync(() => Starts(site, "kept").Length == 1);
        }

        // What a reboot leaves: nothing that ran, no runtime directory, and a state in which another boot is spoken of.
        var pids = site.Others;
        await site.KillServerAsync();
        foreach (var pid in pids)
        {
            Site.Kill("KILL", pid);
        }

        await UntilAsync(() => site.Others.Count == 0);
        Directory.Delete(site.PathOf("run"), recursive: true);
        using (var sqlite = Process.Start("sqlite3", [Path.Combine(site.State, "overseer.db"), "UPDATE runs SET boot_id = randomblob(16)"]))
        {
            await sqlite.WaitForExitAsync();
            Assert.Equal(0, sqlite.ExitCode);
        }

        await site.StartAsync();
        await using var again = await site.ConnectAsync();
        await RestartedOnceAsync(again, site, "kept");
        await again.AskAsync("subscribe", ("task_id", "plain"), ("from_seq", 1));
        var lost = await again.UntilAsync("exited", "plain");
        Assert.Contains(lost, message => message.Type == "gap" && message.Text("reason") == "recorder_lost");
        Assert.Equal((-1, false), (lost[^1].ExitCode, lost[^1].Intentional));
        await UntilAsync(async () => (await TaskAsync(again, "second")).Text("state") == "active");
        Assert.Equal(("stopped", "stopped"), ((await TaskAsync(again, "plain")).Text("state"), (await TaskAsync(again, "first")).Text("state")));
    }

    [Fact]
    public async Task A_task_that_waits_and_never_ran_can_be_listened_to_at_the_next_server()
    {
        await using var site = new Site("", Actions);
        await site.StartAsync();
        await using (var client = await site.ConnectAsync())
        {
            await client.AskAsync("start", ("action", "one"), ("task_id", "first"));
            Assert.Equal("queued", (await client.AskAsync("start", ("action", "one"), ("task_id", "second"), ("params", Script("echo hello")))).Type);
        }

        await site.KillServerAsync();
        await site.StartAsync();
        await using var again = await site.ConnectAsync();
        Assert.Equal("subscribed", (await again.AskAsync("subscribe", ("task_id", "second"), ("from_seq", 1))).Type);
        Assert.Equal(("replayed", 0L), await again.AskAsync("replay", ("task_id", "second")) is var replayed ? (replayed.Type, replayed.Number("count") ?? -1) : default);
        await again.SendAsync("stop", ("task_id", "first"));
        var line = await again.ExpectAsync("output", "second");
        Assert.Equal((1, "hello"), (line.Seq, line.Data));
        Assert.Equal(0, (await again.ExpectAsync("exited", "second")).ExitCode);
    }

    private static JsonObject Policy(string delay) => new() { ["restart_delay"] = delay, ["error_threshold"] = 2 };

    private static JsonObject Script(string script) => new() { ["script"] = script };

    /// <summary>Notes that it was started, then does something.</summary>
    private static string Once(Site site, string id, string then) => $"echo $$ >> {site.PathOf(id)}; {then}";

    /// <summary>A task whose first process exits with 1 when it may (<see cref="LetExitAsync"/>), and whose next ones stay.</summary>
    private static async Task StartAsync(WireClient client, Site site, string id, JsonObject policy, string first = ":")
    {
        var script = Once(site, id, $"[ $(wc -l < {site.PathOf(id)}) = 1 ] || exec sleep 1000; {first}; while [ ! -e {site.PathOf("may-exit")} ]; do sleep 0.02; done; exit 1");
        Assert.Equal("started", (await client.StartShellAsync(id, script, ("retry_policy", policy))).Type);
        await UntilAsync(() => Starts(site, id).Length == 1);
    }

    private static Task LetExitAsync(Site site) => File.WriteAllTextAsync(site.PathOf("may-exit"), "");

    private static string[] Starts(Site site, string id) => File.Exists(site.PathOf(id)) ? File.ReadAllLines(site.PathOf(id)) : [];

    private static async Task RestartedOnceAsync(WireClient client, Site site, string id)
    {
        var task = await TaskAsync(client, id);
        await UntilAsync(async () => (task = await TaskAsync(client, id)).Text("worker_state") == "running" && Starts(site, id).Length > 1);
        Assert.Equal(("active", 1, null), (task.Text("state"), task.Number("restart_count"), task.Text("error_message")));
        Assert.Equal(2, Starts(site, id).Length);
        Assert.Equal(task.Number("current_pid"), long.Parse(Starts(site, id)[1], CultureInfo.InvariantCulture));
    }

    /// <summary>Starts tasks until one is refused because it cannot be stored.</summary>
    private static async Task NotStoredAsync(Site site, WireClient client)
    {
        var started = 0;
        await UntilAsync(async () => (await client.StartShellAsync($"filler{++started}", "exit 0")).Message?.Contains("the state cannot be stored", StringComparison.Ordinal) == true);
        await site.HealthAsync("the state cannot be stored");
    }

    private static async Task<WireMessage> TaskAsync(WireClient client, string id) => (await client.ListAsync()).Single(task => task.TaskId == id);

    /// <summary>True for the last of these messages, in whatever order they come.</summary>
    private static Func<WireMessage, bool> AllOf(string[] awaited)
    {
        var left = awaited.ToHashSet(StringComparer.Ordinal);
        return message => left.Remove($"{message.Type} {message.TaskId}") && left.Count == 0;
    }

    private static Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        while (!await condition())
        {
            Assert.False(deadline.IsCancellationRequested, "it does not come to that");
            await Task.Delay(20);
        }
    }
}
