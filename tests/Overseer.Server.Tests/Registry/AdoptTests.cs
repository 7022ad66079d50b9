using System.Text.Json.Nodes;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Registry;

/// <summary>Processes that somebody else started, as clients of the overseer protocol see them.</summary>
public sealed class AdoptTests
{
    [Fact]
    public async Task An_adopted_process_is_listed_and_found_like_any_task()
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await using var sleeper = await Foreigner.SleeperAsync();
        await client.StartShellAsync("own", "sleep 1000", ("tags", new JsonArray("db")));

        var adopted = await client.AskAsync("adopt", ("pid", sleeper.Pid), ("name", " reader "), ("tags", new JsonArray("db", " read ", "db")), ("groups", new JsonArray("prod")));

        Assert.Equal("adopted", adopted.Type);
        var task = new WireMessage(adopted.Json.GetProperty("task"));
        Assert.Equal(
            ("adopt", "adopted", "reader", "sleep 1000", "active", "running", (long?)sleeper.Pid, (long?)2),
            (task.Text("action"), task.Text("origin"), task.Text("name"), task.Text("command"), task.Text("state"), task.Text("worker_state"), task.Number("current_pid"), task.Number("number")));
        Assert.Equal("[\"db\",\"read\"]", task.Json.GetProperty("tags").GetRawText());
        Assert.InRange(task.Json.GetProperty("last_started_at").GetDateTimeOffset(), DateTimeOffset.UtcNow.AddMinutes(-5), task.Json.GetProperty("created_at").GetDateTimeOffset().AddSeconds(1));
        foreach (var filter in ((string, JsonNode?)[])[("name", "reader"), ("origin", "adopted"), ("group", "prod"), ("action", "adopt"), ("tag", "read")])
        {
            Assert.Equal(task.TaskId, Assert.Single(await client.ListAsync(filter)).TaskId);
        }

        Assert.Equal(["own", task.TaskId], (await client.ListAsync(("tag", "db"))).Select(one => one.TaskId));
        Assert.Equal(["own"], (await client.ListAsync(("origin", "action"))).Select(one => one.TaskId));
    }

    [Fact]
    public async Task What_cannot_be_adopted_is_refused_with_the_reason()
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await using var sleeper = await Foreigner.StartAsync("sleep 1000 & echo $!; sleep 1000 & echo $!; (exit 0) & wait $!; echo $!; wait", 3);
        var own = await client.StartShellAsync("own", "sleep 1000");
        var first = await client.AskAsync("adopt", ("pid", sleeper.Pids[0]), ("name", "taken"));
        var id = first.Json.GetProperty("task").GetProperty("task_id").GetString();

        var again = await client.AskAsync("adopt", ("pid", sleeper.Pids[0]));
        Assert.Equal(($"pid {sleeper.Pids[0]} already registered as id 2", id), (again.Message, again.Text("existing_task_id")));
        var running = await client.AskAsync("adopt", ("pid", own.Pid));
        Assert.Equal(($"pid {own.Pid} already registered as id 1", "own"), (running.Message, running.Text("existing_task_id")));
        var taken = await client.AskAsync("adopt", ("pid", sleeper.Pids[1]), ("name", "taken"));
        Assert.Equal(("name \"taken\" is already in use", id), (taken.Message, taken.Text("existing_task_id")));
        Assert.Equal("name \"a b\" contains invalid character ' ' (allowed: letters, digits, '.', '-', '_')", (await client.AskAsync("adopt", ("pid", sleeper.Pids[1]), ("name", "a b"))).Message);
        Assert.Equal($"pid {sleeper.Pids[2]} not found or no permission: no such process", (await client.AskAsync("adopt", ("pid", sleeper.Pids[2]))).Message);
        Assert.Equal("pid must be an integer of 1 or more", (await client.AskAsync("adopt", ("pid", 0))).Message);
        Assert.Equal("task_id is that of an adopted process", (await client.StartShellAsync(id!, "exit 0")).Message);
        Assert.Equal(2, (await client.ListAsync()).Count);
    }

    [Fact]
    public async Task A_thread_is_no_process()
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();
        var thread = Directory.EnumerateDirectories("/proc/self/task").Select(path => int.Parse(Path.GetFileName(path), System.Globalization.CultureInfo.InvariantCulture)).First(id => id != Environment.ProcessId);
        Assert.EndsWith("no such process", (await client.AskAsync("adopt", ("pid", thread))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exit 7", 7, null)]
    [InlineData("exit 0", 0, null)]
    [InlineData("kill -KILL $$", -1, "SIGKILL")]
    public async Task The_exit_of_a_process_that_is_nobodys_child_here_is_known_with_its_code(string end, int code, string? signal)
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();
        var go = Path.Combine(server.Place, "go");
        await using var process = await Foreigner.StartAsync($"sh -c 'while [ ! -e {go} ]; do sleep 0.02; done; {end}' & echo $!; wait $!; sleep 1000");
        var task = (await client.AskAsync("adopt", ("pid", process.Pid))).Json.GetProperty("task").GetProperty("task_id").GetString()!;
        await client.AskAsync("subscribe", ("task_id", task));

        await File.WriteAllTextAsync(go, "");
        var exited = await client.ExpectAsync("exited", task);

        Assert.Equal((process.Pid, code, signal, false), (exited.Pid, exited.ExitCode, exited.Signal, exited.Intentional));
        var listed = Assert.Single(await client.ListAsync());
        Assert.Equal(("stopped", "exited", (long?)code, signal), (listed.Text("state"), listed.Text("worker_state"), listed.Number("last_exit_code"), listed.Text("last_signal")));
        await client.SendAsync("replay", ("task_id", task));
        var replayed = await client.UntilAsync("replayed", task);
        Assert.Equal(["exited", "replayed"], replayed.Select(message => message.Type));
        Assert.Equal((code, 1), (replayed[0].ExitCode, replayed[1].Number("count")));
    }

    [Fact]
    public async Task A_zombie_is_dead_and_its_code_is_not_known_until_its_parent_waits_or_dies()
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await using var process = await Foreigner.StartAsync("sleep 1000 & echo $!; exec sleep 1000");
        var task = (await client.AskAsync("adopt", ("pid", process.Pid), ("tags", new JsonArray("t")))).Json.GetProperty("task").GetProperty("task_id").GetString()!;
        await client.AskAsync("subscribe", ("tag", "t"));

        Foreigner.Signal(Foreigner.Kill, process.Pid);
        var exited = await client.ExpectAsync("exited", task);

        // Never as 0: in the event it is -1 without a signal, in the list there is none.
        Assert.Equal((-1, null), (exited.ExitCode, exited.Signal));
        var listed = Assert.Single(await client.ListAsync());
        Assert.Equal(("stopped", null, null), (listed.Text("state"), listed.Number("last_exit_code"), listed.Text("last_signal")));
        Assert.True(Directory.Exists($"/proc/{process.Pid}"), "it is no zombie");
        Assert.EndsWith("no such process", (await client.AskAsync("adopt", ("pid", process.Pid))).Message, StringComparison.Ordinal);

        Foreigner.Signal(Foreigner.Kill, process.Shell);
        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        while ((listed = Assert.Single(await client.ListAsync())).Number("last_exit_code") is null)
        {
            Assert.False(deadline.IsCancellationRequested, "the code was never learnt");
            await Task.Delay(20);
        }

        Assert.Equal((-1, "SIGKILL"), (listed.Number("last_exit_code"), listed.Text("last_signal")));
        Assert.DoesNotContain(await client.DrainAsync(), message => message.Type == "exited");
    }

    [Fact]
    public async Task Who_follows_a_tag_or_group_hears_of_present_and_future_ones_once()
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await using var watcher = await server.ConnectAsync();
        await using var sleepers = await Foreigner.StartAsync("for i in 1 2 3; do sleep 1000 & echo $!; done; wait", 3);
        var present = await AdoptAsync(client, sleepers.Pids[0], "db");
        await watcher.AskAsync("subscribe", ("tag", "db"));
        await watcher.AskAsync("subscribe", ("group", "g"));
        var future = await AdoptAsync(client, sleepers.Pids[1], "db");
        var other = await AdoptAsync(client, sleepers.Pids[2], "other");

        Assert.Equal(sleepers.Pids[1], (await watcher.ExpectAsync("started", future)).Pid);
        foreach (var pid in sleepers.Pids)
        {
            Foreigner.Signal(Foreigner.Term, pid);
        }

        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        while ((await client.ListAsync(("state", "active"))).Count > 0)
        {
            Assert.False(deadline.IsCancellationRequested, "not all are dead");
        }

        var heard = await watcher.DrainAsync();
        Assert.Equal(((string[])[present, future]).Order(StringComparer.Ordinal), heard.Where(message => message.Type == "exited").Select(message => message.TaskId).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(heard, message => message.TaskId == other);
    }

    [Fact]
    public async Task Forgetting_leaves_the_process_alone_and_an_ended_task_goes_with_its_journal()
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await using var sleeper = await Foreigner.SleeperAsync();
        var adopted = await AdoptAsync(client, sleeper.Pid, "t");
        await client.StartShellAsync("own", "sleep 1000");

        Assert.Equal(("forgotten", adopted), ((await client.AskAsync("forget", ("task_id", adopted))) is var forgotten ? (forgotten.Type, forgotten.TaskId) : default));
        Assert.True(Foreigner.Lives(sleeper.Pid));
        Assert.Equal("task not found", (await client.AskAsync("forget", ("task_id", adopted))).Message);
        Assert.Equal("task has not ended; stop it first", (await client.AskAsync("forget", ("task_id", "own"))).Message);
        await client.SendAsync("stop", ("task_id", "own"));
        await client.ExpectAsync("exited", "own");
        Assert.Equal("forgotten", (await client.AskAsync("forget", ("task_id", "own"))).Type);
        Assert.Empty(await client.ListAsync());
        Assert.Equal("task not found", (await client.AskAsync("replay", ("task_id", "own"))).Message);
    }

    [Fact]
    public async Task Labels_are_renamed_on_all_tasks_at_once()
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await using var sleeper = await Foreigner.SleeperAsync();
        var adopted = await AdoptAsync(client, sleeper.Pid, "db");
        await client.StartShellAsync("own", "sleep 1000", ("tags", new JsonArray("x", "db")));

        var renamed = await client.AskAsync("rename_label", ("kind", "tag"), ("from", "db"), ("to", "a"));

        Assert.Equal(("renamed", 2), (renamed.Type, renamed.Number("count")));
        Assert.Equal([adopted, "own"], (await client.ListAsync(("tag", "a"))).Select(task => task.TaskId));
        Assert.Empty(await client.ListAsync(("tag", "db")));
        Assert.Equal(0, (await client.AskAsync("rename_label", ("kind", "group"), ("from", "db"), ("to", "a"))).Number("count"));
        Assert.Equal("kind must be one of \"tag\", \"group\"", (await client.AskAsync("rename_label", ("kind", "name"), ("from", "db"), ("to", "a"))).Message);
    }

    private static async Task<string> AdoptAsync(WireClient client, int pid, string tag)
    {
        var answer = await client.AskAsync("adopt", ("pid", pid), ("tags", new JsonArray(tag)), ("groups", new JsonArray(tag == "db" ? "g" : "h")));
        Assert.Equal("adopted", answer.Type);
        return answer.Json.GetProperty("task").GetProperty("task_id").GetString()!;
    }
}
