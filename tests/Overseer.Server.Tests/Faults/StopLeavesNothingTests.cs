using System.Diagnostics;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Faults;

/// <summary>What a task started in order to get away from it is ended with it.</summary>
public sealed class StopLeavesNothingTests
{
    // Twice forked, in a session of its own, with no descriptor open but the one by which the test learns of its end.
    private const string Daemon = "(setsid ENV sh -c 'echo $$ > PID; exec sleep 1000 <&- >&- 2>&-' &); echo ready; exec sleep 1000";

    [Theory]
    [InlineData("auto", "env -i PATH=/usr/bin:/bin")]
    [InlineData("auto", "")]
    [InlineData("off", "")]
    public async Task A_daemon_is_killed_with_the_task_that_started_it(string cgroups, string environment)
    {
        await using var site = new Site($"cgroups: {cgroups}");
        await site.StartAsync();
        await using var client = await site.ConnectAsync();
        var life = new Fifo(site.PathOf("life"));
        var gone = life.Gone();
        var pid = new Fifo(site.PathOf("pid"));
        var daemon = pid.Gone();
        await client.StartShellAsync("t", $"exec 9> {life.Path}; " + Daemon.Replace("ENV", environment, StringComparison.Ordinal).Replace("PID", pid.Path, StringComparison.Ordinal));
        await client.ExpectAsync("output", "t");
        Assert.True(Directory.Exists($"/proc/{(await daemon).Trim()}"));

        await client.SendAsync("stop", ("task_id", "t"));
        await client.ExpectAsync("exited", "t");

        await gone;
    }

    [Fact]
    public async Task A_daemon_that_hides_its_environment_from_itself_is_found_without_groups()
    {
        await using var site = new Site("cgroups: off");
        var program = await CompileDaemonAsync(site);
        await site.StartAsync();
        await using var client = await site.ConnectAsync();
        var life = new Fifo(site.PathOf("life"));
        var gone = life.Gone();
        await client.StartShellAsync("t", $"{program} {life.Path}; echo ready; exec sleep 1000");
        await client.ExpectAsync("output", "t");

        await client.SendAsync("stop", ("task_id", "t"));
        await client.ExpectAsync("exited", "t");

        await gone;
    }

    [Fact]
    public async Task The_groups_of_runs_are_gone_when_they_are_over_and_the_place_with_the_server()
    {
        await using var site = new Site();
        var server = await site.StartAsync();
        await using var client = await site.ConnectAsync();
        var place = (await File.ReadAllLinesAsync(site.PathOf("run/cgroups")))[0];
        await client.StartShellAsync("t", "cat /proc/self/cgroup; exec sleep 1000");
        while ((await client.ExpectAsync("output", "t")).Data is var line)
        {
            if (line!.StartsWith("0::", StringComparison.Ordinal))
            {
                Assert.EndsWith(Path.GetFileName(Assert.Single(Directory.GetDirectories(place))), line, StringComparison.Ordinal);
                break;
            }
        }

        await client.StartShellAsync("short", "exit 3");
        await client.ExpectAsync("exited", "short");
        await client.StartShellAsync("wrong", "exit 0", ("cwd", "/nowhere"));
        await client.SendAsync("stop", ("task_id", "t"));
        await client.ExpectAsync("exited", "t");

        server.Signal("TERM");
        Assert.Equal(0, (await server.EndAsync()).Code);
        Assert.False(Directory.Exists(place));
    }

    [Fact]
    public async Task A_server_finds_the_groups_of_the_one_before()
    {
        await using var site = new Site();
        await site.StartAsync();
        var place = (await File.ReadAllLinesAsync(site.PathOf("run/cgroups")))[0];
        var life = new Fifo(site.PathOf("life"));
        var gone = life.Gone();
        await using (var client = await site.ConnectAsync())
        {
            await client.StartShellAsync("t", $"exec 9> {life.Path}; (setsid env -i sleep 1000 &); echo ready; exec sleep 1000");
            await client.ExpectAsync("output", "t");
        }

        await site.KillServerAsync();
        Directory.CreateDirectory(Path.Combine(place, Guid.NewGuid().ToString("N")));
        await site.StartAsync();

        Assert.Single(Directory.GetDirectories(place));
        await using var next = await site.ConnectAsync();
        await next.AskAsync("subscribe", ("task_id", "t"), ("from_seq", 1));
        await next.SendAsync("stop", ("task_id", "t"));
        await next.ExpectAsync("exited", "t");
        await gone;
    }

    private static async Task<string> CompileDaemonAsync(Site site)
    {
        var source = site.PathOf("daemon.c");
        await File.WriteAllTextAsync(source, """
            #include <fcntl.h>
            #include <stdlib.h>
            #include <unistd.h>
            int main(int argc, char **argv)
            {
                if (fork()) return 0;
                setsid();
                if (fork()) _exit(0);
                for (int i = 0; i < 1024; i++) close(i);
                clearenv();
                chdir("/");
                open(argv[argc - 1], O_WRONLY);
                for (;;) pause();
            }
            """);
        var program = site.PathOf("daemon");
        using var gcc = Process.Start("gcc", ["-o", program, source]);
        await gcc.WaitForExitAsync();
        Assert.Equal(0, gcc.ExitCode);
        return program;
    }
}
