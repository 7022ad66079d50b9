using System.Diagnostics;
using System.Text.Json.Nodes;
using Overseer.Server.Tests.Faults;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Containers;

/// <summary>Containers that somebody else has started.</summary>
[Collection(nameof(WithPodman))]
public sealed class AdoptedContainerTests(Podman podman)
{
    [Fact]
    public async Task It_is_heard_from_its_start_on_stopped_through_its_engine_and_never_removed()
    {
        var id = await podman.BeginAsync("heard", "trap 'echo bye; exit 8' TERM; echo one; while :; do usleep 50000; done");
        await using var server = await RunningServer.StartAsync(podman.Actions());
        await using var client = await server.ConnectAsync();
        var adopted = await AdoptAsync(client, "heard", ("name", "guest"), ("tags", new JsonArray("x")));
        var task = adopted.Json.GetProperty("task");
        var taskId = task.GetProperty("task_id").GetString()!;
        Assert.Equal(("adopted", "container-" + id[..12], "container", "container", "guest"), (adopted.Type, taskId, task.GetProperty("action").GetString(), task.GetProperty("origin").GetString(), task.GetProperty("name").GetString()));
        await client.AskBesideEventsAsync("subscribe", ("task_id", taskId), ("from_seq", 1));
        Assert.Equal("one", (await client.ExpectAsync("output", taskId)).Data);
        Assert.Equal("task already running or starting", (await AdoptAsync(client, id)).Message);

        await client.SendAsync("stop", ("task_id", taskId));
        var messages = await client.UntilAsync("exited", taskId);
        Assert.Contains(messages, message => message.Data == "bye");
        Assert.Equal((8, true), (messages[^1].ExitCode, messages[^1].Intentional));
        Assert.NotNull(await podman.Client.FindAsync(id, CancellationToken.None));
        Assert.Equal("container heard is not running", (await AdoptAsync(client, "heard")).Message);
    }

    [Fact]
    public async Task It_goes_on_when_the_server_ends_and_the_next_one_goes_on_with_it()
    {
        var id = await podman.BeginAsync("stays", "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); echo line $i; usleep 20000; done");
        await using var site = new Site(actions: podman.Actions());
        await site.StartAsync();
        string task;
        await using (var client = await site.ConnectAsync())
        {
            task = (await AdoptAsync(client, "stays")).Json.GetProperty("task").GetProperty("task_id").GetString()!;
            await client.AskBesideEventsAsync("subscribe", ("task_id", task), ("from_seq", 1));
            await client.ExpectAsync("output", task);
        }

        // An orderly end, which stops all tasks that are its own.
        site.Server.Signal("TERM");
        Assert.Equal(0, (await site.Server.EndAsync()).Code);
        Assert.Equal("running", (await podman.Client.FindAsync(id, CancellationToken.None))!.State.Status);
        await site.StartAsync();
        await site.KillServerAsync();
        await site.StartAsync();
        await using var again = await site.ConnectAsync();
        await again.AskBesideEventsAsync("subscribe", ("task_id", task), ("from_seq", 1));
        for (var i = 1; i <= 50; i++)
        {
            var line = await again.ExpectAsync("output", task);
            Assert.Equal((i, $"line {i}"), (line.Seq, line.Data));
        }

        await podman.RunAsync("kill", id);
        Assert.Equal(137, (await again.ExpectAsync("exited", task)).ExitCode);
    }

    [Fact]
    public async Task One_that_its_engine_removes_at_its_end_still_has_an_exit_code()
    {
        await podman.BeginAsync("brief", "trap 'exit 4' TERM; echo here; while :; do usleep 50000; done", "--rm");
        await using var server = await RunningServer.StartAsync(podman.Actions());
        await using var client = await server.ConnectAsync();
        var task = (await AdoptAsync(client, "brief")).Json.GetProperty("task").GetProperty("task_id").GetString()!;
        await client.AskBesideEventsAsync("subscribe", ("task_id", task), ("from_seq", 1));
        await client.ExpectAsync("output", task);
        await client.SendAsync("stop", ("task_id", task));
        Assert.Equal(4, (await client.ExpectAsync("exited", task)).ExitCode);
    }

    [Fact]
    public async Task One_with_a_terminal_has_one_stream_of_lines()
    {
        await podman.BeginAsync("terminal", "echo one; echo two >&2; sleep 600", "--tty");
        await using var server = await RunningServer.StartAsync(podman.Actions());
        await using var client = await server.ConnectAsync();
        var task = (await AdoptAsync(client, "terminal")).Json.GetProperty("task").GetProperty("task_id").GetString()!;
        await client.AskBesideEventsAsync("subscribe", ("task_id", task), ("from_seq", 1));
        Assert.Equal("stdout:one", Said(await client.ExpectAsync("output", task)));
        Assert.Equal("stdout:two", Said(await client.ExpectAsync("output", task)));

        static string Said(WireMessage line) => $"{line.Stream}:{line.Data}";
    }

    [Fact]
    public async Task What_cannot_be_adopted_is_refused_in_words()
    {
        await using var server = await RunningServer.StartAsync(podman.Actions());
        await using var client = await server.ConnectAsync();
        Assert.Equal("no such container: nobody", (await AdoptAsync(client, "nobody")).Message);
        Assert.Equal("container is no name or id of one", (await AdoptAsync(client, "../x")).Message);
        Assert.Equal("engine: \"x.sock\" must be an absolute path", (await client.AskAsync("adopt", ("container", "x"), ("engine", "x.sock"))).Message);
        Assert.Equal(
            "container engine at /nonexistent/x.sock: cannot connect: no such file or directory (ENOENT)", (await client.AskAsync("adopt", ("container", "x"), ("engine", "/nonexistent/x.sock"))).Message);
        Assert.Equal("pid and container exclude each other", (await client.AskAsync("adopt", ("container", "x"), ("pid", 1))).Message);
        Assert.Equal("pid is required", (await client.AskAsync("adopt")).Message);
        await client.StartShellAsync("own", "echo ready; sleep 600");
        await client.ExpectAsync("output", "own");
        var refused = await AdoptAsync(client, Assert.Single(await podman.OfTaskAsync("own")).Id);
        Assert.EndsWith(" is that of a task", refused.Message, StringComparison.Ordinal);
        Assert.Equal("own", refused.Text("existing_task_id"));
        Assert.StartsWith("unknown action: ", (await client.AskAsync("start", ("action", "container"), ("params", new JsonObject { ["container"] = "x", ["engine"] = podman.Socket }))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_command_line_adds_a_container()
    {
        await podman.BeginAsync("added", "echo here; sleep 600");
        await using var server = await RunningServer.StartAsync(podman.Actions());
        var start = new ProcessStartInfo(
            ServerProcess.Program, ["add", "--container", "added", "--engine", podman.Socket, "--name", "guest", "--tag", "x", "--group", "y", "--runtime-dir", server.Places.RuntimeDirectory])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var command = Process.Start(start)!;
        var said = command.StandardOutput.ReadToEndAsync();
        var complained = command.StandardError.ReadToEndAsync();
        await command.WaitForExitAsync().WaitAsync(WireClient.Deadline);
        Assert.True(command.ExitCode == 0, await complained);
        await using var client = await server.ConnectAsync();
        var task = Assert.Single(await client.ListAsync(("origin", "container"), ("tag", "x")));
        Assert.Equal(("guest", Podman.Image, (await said).Trim()), (task.Text("name"), task.Text("command"), task.Number("number")!.Value.ToString(System.Globalization.CultureInfo.InvariantCulture)));
    }

    private Task<WireMessage> AdoptAsync(WireClient client, string container, params (string Name, JsonNode? Value)[] fields) =>
        client.AskBesideEventsAsync("adopt", [("container", container), ("engine", podman.Socket), .. fields]);
}
