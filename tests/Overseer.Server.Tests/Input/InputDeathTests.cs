using Overseer.Server.Tests.Faults;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Input;

/// <summary>A program that waits for its input notices nothing when server or recorder, or both, are killed.</summary>
public sealed class InputDeathTests
{
    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Input_goes_on_after_a_kill_of(bool server, bool recorder)
    {
        await using var site = new Site("", InputActions.Yaml);
        await site.StartAsync();
        var client = await site.ConnectAsync();
        await client.StartReaderAsync("t", "exec cat");
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("accepted t", await client.InputAsync("t", $"{i}\n"));
            Assert.Equal($"{i}", await client.LineAsync("t"));
            var former = site.RecorderPid;
            if (server)
            {
                await site.KillServerAsync();
                await client.DisposeAsync();
            }

            if (recorder)
            {
                Site.Kill("KILL", former);
            }

            if (server)
            {
                await site.StartAsync();
                client = await site.ConnectAsync();
                await client.AskAsync("subscribe", ("task_id", "t"), ("from_seq", i + 2));
            }
        }

        Assert.Equal("accepted t", await client.InputAsync("t", "last", eof: true));
        Assert.Equal("last", await client.LineAsync("t"));
        await client.ExpectAsync("exited", "t");
        await client.DisposeAsync();
        Assert.Empty(Holders(site));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_ended_input_stays_ended_for_the_next_server(bool recorder)
    {
        await using var site = new Site("", InputActions.Yaml);
        await site.StartAsync();
        var end = new Fifo(site.PathOf("end"));
        await using (var client = await site.ConnectAsync())
        {
            await client.StartReaderAsync("t", $"cat; echo eof; read _ < {end.Path}");
            Assert.Equal("accepted t", await client.InputAsync("t", "", eof: true));
            Assert.Equal("eof", await client.LineAsync("t"));
        }

        var former = site.RecorderPid;
        await site.KillServerAsync();
        if (recorder)
        {
            Site.Kill("KILL", former);
        }

        await site.StartAsync();
        await using var again = await site.ConnectAsync();
        Assert.Contains("closed", await again.InputAsync("t", "x"), StringComparison.Ordinal);
        await end.OpenAsync();
    }

    [Fact]
    public async Task An_input_that_is_ended_while_there_is_no_recorder_is_ended_for_the_next()
    {
        await using var site = new Site("", InputActions.Yaml);
        await site.StartAsync();
        await using var client = await site.ConnectAsync();
        await client.StartReaderAsync("t", "exec cat");
        site.KillRecorder();
        Assert.Equal("accepted t", await client.InputAsync("t", "said while nobody recorded", eof: true));
        Assert.Equal("said while nobody recorded", await client.LineAsync("t"));
        Assert.Equal(0, (await client.ExpectAsync("exited", "t")).ExitCode);
    }

    [Fact]
    public async Task A_holder_that_was_killed_is_no_end_of_input()
    {
        await using var site = new Site("", InputActions.Yaml);
        await site.StartAsync();
        await using var client = await site.ConnectAsync();
        await client.StartReaderAsync("t", "exec cat");
        Site.Kill("KILL", Assert.Single(Holders(site)));
        Assert.Equal("accepted t", await client.InputAsync("t", "here\n"));
        Assert.Equal("here", await client.LineAsync("t"));
    }

    [Fact]
    public async Task Input_that_waits_for_a_program_is_not_lost_when_the_recorder_dies()
    {
        await using var site = new Site("", InputActions.Yaml);
        await site.StartAsync();
        await using var client = await site.ConnectAsync();
        var go = new Fifo(site.PathOf("go"));
        await client.StartReaderAsync("t", $"read _ < {go.Path}; wc -c");
        var waits = await client.SendAsync("input", ("task_id", "t"), ("data", new string('x', 300_000)), ("eof", true));
        await client.DrainAsync();
        var former = site.RecorderPid;
        site.KillRecorder();
        await site.NextRecorderAsync(former);
        await go.OpenAsync();
        await client.ExpectAsync("answer", message => message.Id == waits && message.Type == "accepted");
        Assert.Equal("300000", (await client.LineAsync("t"))?.Trim());
    }

    /// <summary>The processes that hold an input of the site's tasks: the recorder's children with such a mark.</summary>
    private static List<int> Holders(Site site) =>
        [.. Directory.EnumerateDirectories("/proc").Select(path => int.TryParse(Path.GetFileName(path), out var pid) ? pid : 0).Where(pid => pid > 0 && IsHolder(pid, site.RecorderPid))];

    private static bool IsHolder(int pid, int recorder)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/environ").StartsWith("OVERSEER_INPUT_OF=", StringComparison.Ordinal)
                && File.ReadAllText($"/proc/{pid}/stat").Split(") ")[1].Split(' ')[1] == $"{recorder}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
