using System.Text.Json.Nodes;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Classic;

/// <summary>Commands that no action describes, in every profile.</summary>
public sealed class CommandTests
{
    [Fact]
    public async Task A_command_is_found_in_PATH_and_runs_in_the_servers_directory_with_the_environment_of_actions()
    {
        await using var server = await RunningServer.StartAsync("commands: any\nactions: {same: {type: exec, config: {entrypoint: sh, command: [-c, 'pwd; env | sort']}}}");
        await using var client = await server.ConnectAsync();

        var script = new JsonArray("-c", "pwd; env | sort");
        Assert.Equal("started", (await client.AskAsync("start", ("command", "sh"), ("args", script), ("task_id", "command"))).Type);
        var command = await OutputAsync(client, "command");
        await client.AskAsync("start", ("action", "same"), ("task_id", "action"));
        var action = await OutputAsync(client, "action");

        Assert.Equal(Environment.CurrentDirectory, command[0]);
        Assert.Equal(WithoutRunIds(action), WithoutRunIds(command));
        Assert.DoesNotContain(command, line => line.StartsWith("OVERSEER_DB", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_command_may_be_a_path_and_its_arguments_reach_it_as_they_are()
    {
        await using var server = await RunningServer.StartAsync("commands: any");
        await using var client = await server.ConnectAsync();
        await File.WriteAllTextAsync(server.PathOf("my tool"), "#!/bin/sh\nfor a in \"$0\" \"$@\"; do echo \"<$a>\"; done\n");
        File.SetUnixFileMode(server.PathOf("my tool"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var relative = Path.GetRelativePath(Environment.CurrentDirectory, server.PathOf("my tool"));

        foreach (var (task, command) in ((string, string)[])[("absolute", server.PathOf("my tool")), ("relative", relative)])
        {
            await client.AskAsync("start", ("command", command), ("args", new JsonArray("", "a b", "[[.x]]", "$HOME", "ü")), ("task_id", task));
            Assert.Equal(["<>", "<a b>", "<[[.x]]>", "<$HOME>", "<ü>"], (await OutputAsync(client, task)).Skip(1));
            var shown = (await client.ListAsync()).Single(one => one.TaskId == task);
            Assert.Equal(("command", command), (shown.Text("action"), shown.Text("command")));
        }
    }

    [Theory]
    [InlineData("no-such-program", "cannot execute no-such-program: no such file in PATH (ENOENT)")]
    [InlineData("/no/such/program", "/no/such/program")]
    [InlineData("/etc/passwd", "/etc/passwd")]
    public async Task A_command_that_cannot_run_is_an_error_with_path_and_cause_and_no_task(string command, string part)
    {
        await using var server = await RunningServer.StartAsync("commands: any");
        await using var client = await server.ConnectAsync();

        var answer = await client.AskAsync("start", ("command", command), ("task_id", "t"));

        Assert.Equal("error", answer.Type);
        Assert.Contains(part, answer.Message, StringComparison.Ordinal);
        Assert.Empty(await client.ListAsync());
    }

    [Fact]
    public async Task A_commands_task_has_name_tags_and_groups_and_is_restarted_and_reset_like_any_other()
    {
        await using var server = await RunningServer.StartAsync("commands: any");
        await using var client = await server.ConnectAsync();
        await client.AskAsync("subscribe", ("tag", "x"));

        var started = await client.AskAsync(
            "start",
            ("command", "sh"), ("args", new JsonArray("-c", "exit 3")), ("task_id", "t"), ("name", "n"), ("tags", new JsonArray("x")), ("groups", new JsonArray("g")),
            ("retry_policy", new JsonObject { ["restart_delay"] = "10ms", ["error_threshold"] = 2 }));
        Assert.Equal("started", started.Type);
        Assert.Equal(["exited", "restarting", "started", "exited", "errored"], (await client.UntilAsync("errored", "t")).Select(message => message.Type));
        Assert.Equal("started", (await client.AskAsync("reset", ("task_id", "t"))).Type);
        await client.ExpectAsync("errored", "t");

        var task = Assert.Single(await client.ListAsync(("action", "command")));
        Assert.Equal(("n", "errored", 2L), (task.Text("name"), task.Text("state"), task.Number("restart_count")));
        Assert.Equal(("x", "g"), (task.Json.GetProperty("tags")[0].GetString(), task.Json.GetProperty("groups")[0].GetString()));
        Assert.False(task.Json.TryGetProperty("params", out _));
    }

    [Fact]
    public async Task Commands_skip_the_pools_of_actions_and_keep_to_the_one_of_all_together()
    {
        await using var server = await RunningServer.StartAsync("commands: any\ntask_pool: {size: 2, queue_size: 1}\nactions: {one: {type: exec, task_pool: {size: 1}, config: {entrypoint: sleep, command: ['1000']}}}");
        await using var client = await server.ConnectAsync();
        var sleep = new JsonArray("1000");

        await client.AskAsync("start", ("action", "one"), ("task_id", "a"));
        Assert.Equal("started", (await client.AskAsync("start", ("command", "sleep"), ("args", sleep.DeepClone()), ("task_id", "b"))).Type);
        var queued = await client.AskAsync("start", ("command", "sleep"), ("args", sleep.DeepClone()), ("task_id", "c"));
        Assert.Equal(("queued", "command"), (queued.Type, queued.Text("action")));
        Assert.Equal("pool rejected task: pool: task rejected — limit reached and queue is full", (await client.AskAsync("start", ("command", "true"))).Message);
        await client.SendAsync("stop", ("task_id", "a"));
        await client.ExpectAsync("started", "c");
        Assert.Equal("unknown action: \"command\"", (await client.AskAsync("pool_info", ("action", "command"))).Message);
        Assert.Equal("unknown action: \"command\"", (await client.AskAsync("start", ("action", "command"))).Message);
        Assert.Equal(2, (await client.AskAsync("metrics", ("action", "command"))).Json.GetProperty("action").GetProperty("tasks_started").GetInt32());
    }

    [Theory]
    [InlineData(131_071, null)]
    [InlineData(131_072, "args[0] has 131072 bytes; one argument has at most 131071 (a limit of the kernel)")]
    public async Task One_argument_may_be_as_long_as_the_kernel_takes_it(int length, string? refusal)
    {
        await using var server = await RunningServer.StartAsync("commands: any");
        await using var client = await server.ConnectAsync();

        var answer = await client.AskAsync("start", ("command", "sh"), ("args", new JsonArray("-c", "echo ${#1}", "sh", new string('x', length))), ("task_id", "t"));

        Assert.Equal(refusal?.Replace("[0]", "[3]", StringComparison.Ordinal), answer.Message);
        if (refusal is null) Assert.Equal(["131071"], await OutputAsync(client, "t"));
    }

    [Fact]
    public async Task The_number_and_the_bytes_of_arguments_have_limits_of_their_own()
    {
        await using var server = await RunningServer.StartAsync("commands: any\nlimits: {max_arguments: 3, max_argument_bytes: 1KiB}");
        await using var client = await server.ConnectAsync();

        Assert.Equal("started", (await client.AskAsync("start", ("command", "true"), ("args", new JsonArray("1", "2", "3")))).Type);
        Assert.Equal("args: at most 3 are allowed (limit max_arguments)", (await client.AskAsync("start", ("command", "true"), ("args", new JsonArray("1", "2", "3", "4")))).Message);

        // Each with the NUL at its end.
        Assert.Equal("started", (await client.AskAsync("start", ("command", "true"), ("args", new JsonArray(new string('x', 1018))))).Type);
        Assert.Equal(
            "command and args take 1025 bytes; 1024 are allowed (limit max_argument_bytes)",
            (await client.AskAsync("start", ("command", "true"), ("args", new JsonArray(new string('x', 1019))))).Message);
    }

    [Theory]
    [InlineData("""{"type":"start","id":"1","command":"a\u0000b"}""", "command: a NUL character cannot be passed to a program")]
    [InlineData("""{"type":"start","id":"1","command":"true","args":["x","\u0000"]}""", "args[1]: a NUL character cannot be passed to a program")]
    [InlineData("""{"type":"start","id":"1","command":"true","params":{"a":"b"}}""", "params needs action")]
    [InlineData("""{"type":"start","id":"1","command":"true","action":"sh"}""", "action and command cannot both be given")]
    [InlineData("""{"type":"start","id":"1"}""", "action is required")]
    public async Task A_start_that_makes_no_sense_is_refused_with_the_field(string request, string message)
    {
        await using var server = await RunningServer.StartAsync(OldClients.AnyCommand);
        await using var client = await server.ConnectAsync();

        await client.SendAsync(request);
        Assert.Equal(message, (await client.ReadAsync()).Message);
    }

    private static async Task<List<string>> OutputAsync(WireClient client, string taskId) =>
        [.. (await client.UntilAsync("exited", taskId)).Where(message => message.Is("output", taskId)).Select(message => message.Data!)];

    // What a run is known by among its descendants, see RunMark.
    private static IEnumerable<string> WithoutRunIds(IEnumerable<string> lines) => lines.Where(line => !line.Contains("RUN", StringComparison.Ordinal) && !line.StartsWith("_=", StringComparison.Ordinal));
}
