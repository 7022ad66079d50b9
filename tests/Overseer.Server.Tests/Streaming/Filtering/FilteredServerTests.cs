using Overseer.Server.Tests.Faults;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Streaming.Filtering;

/// <summary>Real servers, real configurations, real programs.</summary>
public sealed class FilteredServerTests
{
    [Fact]
    public async Task Seq_counts_what_the_condition_shows_and_other_events_stay_in_their_places()
    {
        await using var server = await RunningServer.StartAsync(Actions("output: {stdout: {condition: 'has(output.json.level) && output.json.level == \"error\"'}, stderr: {condition: 'output.data.startsWith(\"!\")'}}"));
        await using var client = await server.ConnectAsync();
        await client.StartShellAsync("t", """echo '{"level":"info"}'; echo '{"level":"error","n":1}'; echo no; sleep 0.1; echo '! two' >&2; echo two >&2; exit 3""");
        var life = await client.UntilAsync("exited", "t");
        Assert.Equal(["""1 {"level":"error","n":1}""", "2 ! two"], life.SkipLast(1).Select(line => $"{line.Seq} {line.Data}"));

        await using var late = await server.ConnectAsync();
        Assert.Equal(3, (await late.AskAsync("subscribe", ("task_id", "t"), ("from_seq", 2))).Number("next_seq"));
        Assert.Equal("! two", (await late.ExpectAsync("output", "t")).Data);
        Assert.Equal(3, (await late.ExpectAsync("exited", "t")).ExitCode);
        await late.SendAsync("replay", ("task_id", "t"));
        Assert.Equal(["output", "output", "exited", "replayed"], (await late.UntilAsync("replayed", message => message.Type == "replayed")).Select(message => message.Type));

        await client.StartShellAsync("t", "echo no; echo '! three' >&2");
        Assert.Equal((3, "! three"), Line(await client.ExpectAsync("output", "t")));
    }

    [Fact]
    public async Task Numbers_go_on_behind_a_killed_server()
    {
        await using var site = new Site(actions: Actions("stdout_condition: 'output.data.startsWith(\"yes\")'"));
        await site.StartAsync();
        var first = new Fifo(site.PathOf("first"));
        var second = new Fifo(site.PathOf("second"));
        await using (var client = await site.ConnectAsync())
        {
            await client.StartShellAsync("t", $"for i in 1 2 3; do echo no; echo yes $i; done; read _ < {first.Path}; for i in 4 5; do echo no; echo yes $i; done; read _ < {second.Path}; echo no; echo yes 6");
            for (var i = 1; i <= 3; i++) Assert.Equal((i, $"yes {i}"), Line(await client.ExpectAsync("output", "t")));
        }

        await site.KillServerAsync();
        await first.OpenAsync();
        await site.StartAsync();
        await using (var client = await site.ConnectAsync())
        {
            await client.AskAsync("subscribe", ("task_id", "t"), ("from_seq", 3));
            for (var i = 3; i <= 5; i++) Assert.Equal((i, $"yes {i}"), Line(await client.ExpectAsync("output", "t")));
        }

        await site.KillServerAsync();
        await site.StartAsync();
        await using var live = await site.ConnectAsync();
        await live.AskAsync("subscribe", ("task_id", "t"));
        await second.OpenAsync();
        Assert.Equal((6, "yes 6"), Line(await live.ExpectAsync("output", "t")));
        await live.ExpectAsync("exited", "t");
    }

    [Fact]
    public async Task Another_condition_after_a_restart_holds_for_what_comes()
    {
        await using var site = new Site(actions: RunningServer.Shell);
        await site.StartAsync();
        var steps = Enumerable.Range(0, 4).Select(i => new Fifo(site.PathOf($"step{i}"))).ToList();
        await using (var client = await site.ConnectAsync())
        {
            await client.StartShellAsync("t", string.Concat(steps.Select((step, i) => $"echo a{i}; echo b{i}; echo end{i}; read _ < {step.Path}; ")));
            Assert.Equal((1, "a0"), Line(await client.ExpectAsync("output", "t")));
            Assert.Equal((2, "b0"), Line(await client.ExpectAsync("output", "t")));
            Assert.Equal((3, "end0"), Line(await client.ExpectAsync("output", "t")));
        }

        // None, then two that are different, then none again; each has one line of a and one of b to judge. What all show tells that those before it are judged.
        string?[] conditions = ["a", "b", null];
        List<string> expected = ["1 a0", "2 b0", "3 end0"];
        for (var i = 0; i < conditions.Length; i++)
        {
            await site.KillServerAsync();
            await File.WriteAllTextAsync(site.Config, "listen: \"127.0.0.1:0\"\n" + (conditions[i] is { } word ? Actions($"stdout_condition: 'output.data.matches(\"^({word}|end)\")'") : RunningServer.Shell), TestContext.Current.CancellationToken);
            await site.StartAsync();
            await using var client = await site.ConnectAsync();
            await client.AskAsync("subscribe", ("task_id", "t"), ("from_seq", 1));
            foreach (var line in expected) Assert.Equal(line, Shown(await client.ExpectAsync("output", "t")));
            await steps[i].OpenAsync();
            foreach (var shown in conditions[i] is { } one ? new[] { one, "end" } : ["a", "b", "end"])
            {
                expected.Add($"{expected.Count + 1} {shown}{i + 1}");
                Assert.Equal(expected[^1], Shown(await client.ExpectAsync("output", "t")));
            }
        }

        Assert.Equal(["1 a0", "2 b0", "3 end0", "4 a1", "5 end1", "6 b2", "7 end2", "8 a3", "9 b3", "10 end3"], expected);
        await steps[3].OpenAsync();
    }

    [Fact]
    public async Task Retention_leaves_the_numbers_behind_what_it_deletes()
    {
        await using var server = await RunningServer.StartAsync("limits: {journal_bytes: 1MiB, segment_bytes: 256KiB}\n" + Actions("stdout_condition: 'output.data.startsWith(\"yes\")'"));
        var go = new Fifo(server.PathOf("go"));
        await using var starter = await server.ConnectAsync();
        await starter.StartShellAsync("t", $"i=0; while [ $i -lt 60 ]; do seq -f 'no %g and more of it' 1000; i=$((i+1)); echo yes $i; sleep 0.02; done; read _ < {go.Path}; echo yes 61");
        await starter.AskAsync("unsubscribe", ("task_id", "t"));
        await using var client = await server.ConnectAsync();
        while (Directory.GetFiles(server.Places.JournalDirectory, "00000000000000000001.seg", SearchOption.AllDirectories).Length > 0) await client.AskAsync("list");
        await client.SendAsync("subscribe", ("task_id", "t"), ("from_seq", 1));
        var next = 1L;
        var gone = false;
        while (next < 61)
        {
            var message = await client.ReadAsync();
            if (message.Type == "gap")
            {
                Assert.Equal(next, message.Number("from_seq"));
                next = message.Number("to_seq")!.Value + 1;
                gone = true;
            }
            else if (message.Type == "output")
            {
                Assert.Equal((next, $"yes {next}"), Line(message));
                next++;
            }
        }

        await go.OpenAsync();
        Assert.Equal((61, "yes 61"), Line(await client.ExpectAsync("output", "t")));
        Assert.True(gone);
    }

    private static string Actions(string condition) =>
        RunningServer.Shell.Replace("      entrypoint: sh\n", $"      entrypoint: sh\n      {condition}\n", StringComparison.Ordinal);

    private static (long Seq, string? Data) Line(WireMessage message) => (message.Seq, message.Data);

    private static string Shown(WireMessage message) => $"{message.Seq} {message.Data}";
}
