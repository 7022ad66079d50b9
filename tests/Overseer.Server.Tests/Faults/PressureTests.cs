using System.Diagnostics;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Faults;

/// <summary>Too much of something: processes, descriptors.</summary>
public sealed class PressureTests
{
    private const string Nobody = """
        actions:
          sh:
            type: exec
            config:
              entrypoint: sh
              command: ["-c", "[[.script]]"]
              parameters: {script: }
              cwd: /
              user: nobody
              limits: {processes: 200}
        """;

    [Fact]
    public async Task A_fork_bomb_is_contained_and_stopped_whole()
    {
        await using var site = new Site("", Nobody);
        await site.StartAsync();
        await using var client = await site.ConnectAsync();
        await client.StartShellAsync("bomb", "echo go; bomb() { bomb | bomb & }; bomb 2>/dev/null; sleep 1000");
        await client.ExpectAsync("output", "bomb");
        await using var other = await site.ConnectAsync();
        for (var i = 0; i < 20; i++)
        {
            Assert.Single(await other.ListAsync());
        }

        await client.SendAsync("stop", ("task_id", "bomb"), ("grace", "1s"));
        await client.ExpectAsync("exited", "bomb");
        await NoBombAsync();
        Assert.Equal("started", (await other.StartShellAsync("after", "echo after")).Type);
    }

    [Fact]
    public async Task A_server_without_descriptors_refuses_a_start_and_takes_the_next_when_there_are_some()
    {
        await using var site = new Site();
        await site.StartAsync("sh", "-c", "ulimit -n 400; exec \"$@\"", "sh");
        await StarveAsync(site);
    }

    [Fact]
    public async Task A_recorder_without_descriptors_refuses_a_start_and_takes_the_next_when_there_are_some()
    {
        await using var site = new Site("recorder: connect");
        Directory.CreateDirectory(site.State, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.CreateDirectory(site.PathOf("run"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string run = site.PathOf("run"), state = site.State;
        using var recorder = Process.Start("sh",
        [
            "-c", "ulimit -n 150; exec \"$@\"", "sh", ServerProcess.Program, "recorder",
            "--socket", $"{run}/recorder.sock", "--lock", $"{state}/recorder.lock", "--flight", $"{run}/flight", "--journals", $"{state}/journals", "--log", $"{state}/recorder.log",
        ]);
        await site.StartAsync();
        await StarveAsync(site);
    }

    private static async Task StarveAsync(Site site)
    {
        await using var client = await site.ConnectAsync();
        var go = new Fifo(site.PathOf("go"));
        Assert.Equal("started", (await client.StartShellAsync("first", $"read _ < {go.Path}; echo still here; exit 5")).Type);
        var running = new List<string>();
        WireMessage answer;
        while ((answer = await client.StartShellAsync($"t{running.Count}", "exec sleep 1000")).Type == "started")
        {
            running.Add($"t{running.Count}");
            Assert.True(running.Count < 1000, "no limit was met");
        }

        Assert.Equal("error", answer.Type);
        Assert.Matches("descriptors|[Tt]oo many open files", answer.Message!);
        await go.OpenAsync();
        Assert.Equal("still here", (await client.ExpectAsync("output", "first")).Data);
        Assert.Equal(5, (await client.ExpectAsync("exited", "first")).ExitCode);

        foreach (var id in running.Take(running.Count / 2))
        {
            await client.SendAsync("stop", ("task_id", id), ("grace", "0s"));
            await client.ExpectAsync("exited", id);
        }

        Assert.Equal("started", (await client.StartShellAsync("again", "echo again")).Type);
        Assert.Equal("again", (await client.ExpectAsync("output", "again")).Data);
    }

    private static async Task NoBombAsync()
    {
        using var look = Process.Start(new ProcessStartInfo("pgrep", ["-c", "-u", "65534", "-f", "bomb"]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        Assert.Equal("0", (await look.StandardOutput.ReadToEndAsync()).Trim());
    }
}
