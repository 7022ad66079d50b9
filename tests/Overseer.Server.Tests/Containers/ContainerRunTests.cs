using System.Globalization;
using System.Text.Json.Nodes;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Containers;

/// <summary>Containers as tasks, at a real engine: started, heard, limited, stopped.</summary>
[Collection(nameof(WithPodman))]
public sealed class ContainerRunTests(Podman podman)
{
    [Fact]
    public async Task Both_streams_come_with_the_times_of_the_engine_and_the_exit_code_with_the_end()
    {
        await using var server = await RunningServer.StartAsync(podman.Actions());
        await using var client = await server.ConnectAsync();
        var before = DateTimeOffset.UtcNow.AddSeconds(-1); // podman says times to the second
        var started = await client.StartShellAsync("t", "echo out; echo err >&2; printf unfinished; exit 3");
        Assert.Equal(("started", "t"), (started.Type, started.TaskId));
        var messages = await client.UntilAsync("exited", "t");
        Assert.Equal(3, messages[^1].ExitCode);
        var output = messages.Where(message => message.Is("output", "t")).ToList();
        Assert.Equal(["stderr:err", "stdout:out", "stdout:unfinished"], output.Select(message => $"{message.Stream}:{message.Data}").Order(StringComparer.Ordinal));
        Assert.Equal([1, 2, 3], output.Select(message => message.Seq));
        Assert.All(output, message => Assert.InRange(DateTimeOffset.Parse(message.Text("ts")!, CultureInfo.InvariantCulture), before, DateTimeOffset.UtcNow.AddSeconds(1)));
        await podman.NoneOfTaskAsync("t");
    }

    [Fact]
    public async Task Everything_is_templated_by_parameters_and_reaches_the_container()
    {
        var place = Directory.CreateTempSubdirectory("ovmount-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(place, "file"), "mounted\n");
            await using var server = await RunningServer.StartAsync($$"""
                actions:
                  job:
                    type: docker
                    config:
                      engine: unix://{{podman.Socket}}
                      image: "[[.image]]"
                      network: "[[.net]]"
                      entrypoint: ["sh", "-c"]
                      command: ["echo $WHO; id -un; pwd; cat /in/file; touch /in/x || echo read-only; touch /scratch/x && echo scratch; touch /vol/x && echo volume; [[.last]]"]
                      env: {WHO: "it is [[.who]]"}
                      user: "[[.user]]"
                      workdir: "/[[.dir]]"
                      labels: {purpose: "[[.who]]"}
                      auto_remove: false
                      mounts:
                        - {type: bind, source: "[[.place]]", target: "/[[.target]]", read_only: true}
                        - {type: tmpfs, target: /scratch, size: 1MiB}
                        - {type: volume, target: /vol}
                      parameters: {image: , net: none, who: , user: root, dir: tmp, place: , target: in, last: "true"}
                """);
            await using var client = await server.ConnectAsync();
            await client.AskAsync("start", ("action", "job"), ("task_id", "templated"), ("params", new JsonObject
            {
                ["image"] = Podman.Image,
                ["who"] = "me & you",
                ["place"] = place,
                ["last"] = "echo a  b",
            }));
            var messages = await client.UntilAsync("exited", "templated");
            Assert.Equal(
                ["it is me & you", "root", "/tmp", "mounted", "read-only", "scratch", "volume", "a b"],
                messages.Where(message => message.Is("output", "templated") && message.Stream == "stdout").Select(message => message.Data));
            var container = Assert.Single(await podman.OfTaskAsync("templated"));
            Assert.Equal(("me & you", "job"), (container.Labels!["purpose"], container.Labels["overseer.action"]));
            Assert.Equal(Podman.Image, Assert.Single(await client.ListAsync()).Text("command"));

            await client.AskAsync("start", ("action", "job"), ("task_id", "user"), ("params", new JsonObject { ["image"] = Podman.Image, ["who"] = "x", ["place"] = place, ["user"] = "agent" }));
            Assert.Contains(await client.UntilAsync("exited", "user"), message => message.Data == "agent");

            var refused = await client.AskAsync("start", ("action", "job"), ("task_id", "refused"), ("params", new JsonObject { ["image"] = "", ["who"] = "x", ["place"] = place }));
            Assert.Equal("validation error: docker: image is empty with these parameters", refused.Message);
        }
        finally
        {
            Directory.Delete(place, recursive: true);
        }
    }

    [Fact]
    public async Task Limits_are_those_of_the_configuration()
    {
        await using var server = await RunningServer.StartAsync(podman.Actions("limits: {memory: 32MiB, cpus: 0.5, pids: 17}\nauto_remove: false"));
        await using var client = await server.ConnectAsync();
        await client.StartShellAsync("limited", "true");
        await client.ExpectAsync("exited", "limited");
        var id = Assert.Single(await podman.OfTaskAsync("limited")).Id;
        var limits = await podman.RunAsync("inspect", "--format", "{{.HostConfig.Memory}} {{.HostConfig.MemorySwap}} {{.HostConfig.NanoCpus}} {{.HostConfig.PidsLimit}}", id);
        Assert.Equal("33554432 33554432 500000000 17", limits.Trim());
    }

    [Fact]
    public async Task A_stop_gives_the_grace_time_and_then_kills_what_ignores_the_signal()
    {
        await using var server = await RunningServer.StartAsync(podman.Actions("stop: {signal: USR1, grace: 300ms}"));
        await using var client = await server.ConnectAsync();
        await client.StartShellAsync("deaf", "trap 'echo heard' USR1; echo ready; while :; do usleep 50000; done");
        await client.ExpectAsync("output", "deaf");
        await client.SendAsync("stop", ("task_id", "deaf"));
        var messages = await client.UntilAsync("exited", "deaf");
        Assert.Contains(messages, message => message.Data == "heard");
        Assert.Equal((137, true), (messages[^1].ExitCode, messages[^1].Intentional));

        await client.StartShellAsync("polite", "trap 'echo bye; exit 7' USR1; echo ready; while :; do usleep 50000; done");
        await client.ExpectAsync("output", "polite");
        await client.SendAsync("stop", ("task_id", "polite"), ("grace", "60s"));
        messages = await client.UntilAsync("exited", "polite");
        Assert.Contains(messages, message => message.Data == "bye");
        Assert.Equal((7, true), (messages[^1].ExitCode, messages[^1].Intentional));
    }

    [Fact]
    public async Task A_signal_that_is_no_stop_reaches_the_container()
    {
        await using var server = await RunningServer.StartAsync(podman.Actions());
        await using var client = await server.ConnectAsync();
        await client.StartShellAsync("s", "trap 'echo again; exit 4' HUP; echo ready; while :; do usleep 50000; done");
        await client.ExpectAsync("output", "s");
        Assert.Equal("accepted", (await client.AskBesideEventsAsync("signal", ("task_id", "s"), ("signal", "HUP"))).Type);
        var exited = await client.ExpectAsync("exited", "s");
        Assert.Equal((4, false), (exited.ExitCode, exited.Intentional));
    }

    [Fact]
    public async Task Want_of_memory_is_told()
    {
        // Without the kernel's controller for memory no engine can set such a limit.
        Assert.SkipUnless(await HasMemoryControllerAsync(), "this machine's kernel has no controller for memory");
        await using var server = await RunningServer.StartAsync(podman.Actions("limits: {memory: 16MiB}"));
        await using var client = await server.ConnectAsync();
        await client.StartShellAsync("fat", "echo begin; x=aaaaaaaa; while :; do x=$x$x; done");
        Assert.Equal(137, (await client.ExpectAsync("exited", "fat")).ExitCode);
        Assert.Contains("out of memory", Assert.Single(await client.ListAsync()).Text("note"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_image_or_program_or_engine_fails_that_start_alone()
    {
        await using var server = await RunningServer.StartAsync($$"""
            {{podman.Actions().TrimEnd()}}
              gone: {type: docker, config: {engine: /nonexistent/engine.sock, image: x} }
              never: {type: docker, config: {engine: {{podman.Socket}}, image: "localhost/nosuch:1", pull: never} }
              fetch: {type: docker, config: {engine: {{podman.Socket}}, image: "localhost/nosuch:1"} }
              program: {type: docker, config: {engine: {{podman.Socket}}, image: "{{Podman.Image}}", network: none, entrypoint: /nosuch, command: []} }
            """);
        await using var client = await server.ConnectAsync();
        Assert.Equal("container engine at /nonexistent/engine.sock: cannot connect: no such file or directory (ENOENT)", await FailAsync("gone"));
        Assert.Equal($"the engine at {podman.Socket} has no image localhost/nosuch:1, and pull is never", await FailAsync("never"));
        Assert.StartsWith("image localhost/nosuch:1 cannot be fetched: ", await FailAsync("fetch"), StringComparison.Ordinal);
        Assert.Contains("/nosuch", await FailAsync("program"), StringComparison.Ordinal);
        foreach (var task in (string[])["never", "fetch", "program"]) await podman.NoneOfTaskAsync(task);
        await client.StartShellAsync("fine", "exit 0");
        Assert.Equal(0, (await client.ExpectAsync("exited", "fine")).ExitCode);

        async Task<string?> FailAsync(string action)
        {
            var answer = await client.AskAsync("start", ("action", action), ("task_id", action));
            Assert.Equal("error", answer.Type);
            return answer.Message;
        }
    }

    [Fact]
    public async Task Pools_and_retries_are_those_of_any_task()
    {
        await using var server = await RunningServer.StartAsync(podman.Actions(action: "task_pool: {size: 1, queue_size: 2}\nretry: {restart_delay: 10ms, error_threshold: 2}"));
        await using var client = await server.ConnectAsync();
        await client.StartShellAsync("fails", "echo try; exit 1");
        Assert.Equal("queued", (await client.AskBesideEventsAsync("start", ("action", "sh"), ("task_id", "waits"), ("params", new JsonObject { ["script"] = "echo mine; exit 0" }))).Type);
        var messages = await client.UntilAsync("exited of waits", message => message.Is("exited", "waits"));
        Assert.True(messages.Count(message => message.Is("output", "fails")) >= 2, "it was not tried again");
        Assert.Contains(messages, message => message.Is("errored", "fails"));
        Assert.Equal(0, messages[^1].ExitCode);
        await podman.NoneOfTaskAsync("fails");
    }

    [Fact]
    public async Task The_process_of_a_container_is_that_of_this_machine()
    {
        await using var server = await RunningServer.StartAsync(podman.Actions());
        await using var client = await server.ConnectAsync();
        var pid = (await client.StartShellAsync("p", "echo ready; sleep 600")).Pid;
        await client.ExpectAsync("output", "p");
        var told = await podman.RunAsync("inspect", "--format", "{{.State.Pid}}", Assert.Single(await podman.OfTaskAsync("p")).Id);
        Assert.Equal(told.Trim(), pid.ToString(CultureInfo.InvariantCulture));
    }

    private static async Task<bool> HasMemoryControllerAsync() =>
        (await File.ReadAllLinesAsync("/proc/cgroups")).Any(line => line.StartsWith("memory", StringComparison.Ordinal) && line.TrimEnd().EndsWith('1'));
}
