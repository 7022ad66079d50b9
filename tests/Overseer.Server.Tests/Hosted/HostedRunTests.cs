using System.Text.Json.Nodes;
using Overseer.Core.Drivers;
using Overseer.Core.Tasks;
using Overseer.Core.Time;
using Overseer.Hosting;
using Overseer.Recorder.Journal;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Hosted;

/// <summary>Runs that a driver carries out in the server, as clients see them.</summary>
public sealed class HostedRunTests
{
    private const string Yaml = """
        shutdown: {tasks: keep}
        actions:
          thing: {type: test}

        """;

    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, 123, TimeSpan.Zero);

    [Fact]
    public async Task What_a_host_reports_is_what_clients_see()
    {
        var driver = new TestDriver();
        await using var server = await StartAsync(driver);
        await using var client = await server.ConnectAsync();
        await client.SendAsync("start", ("action", "thing"), ("task_id", "t"), ("params", new JsonObject { ["word"] = "hello" }));
        var run = await driver.NextAsync("begin");
        run.Started(pid: 0, processStartTime: 0, Noon);
        Assert.Equal(0, (await client.ExpectAsync("started", "t")).Pid);
        Assert.Equal(["hello"], driver.Work);
        Assert.Equal((Ordinal: 1, "ref-t"), (run.Ordinal, run.Reference));

        Assert.Equal(2, run.Write(HostedOutput.Stdout, "one\ntw"u8, Noon));
        Assert.Equal(3, run.Write(HostedOutput.Stderr, "bad\n"u8, Noon.AddSeconds(1)));
        run.Write(HostedOutput.Stdout, "o\n"u8, Noon.AddSeconds(2));
        run.Note("out of memory");
        run.Exited(137, 0, Noon.AddSeconds(3));
        var seen = await client.UntilAsync("exited", "t");
        Assert.Equal([("one", "stdout", 1L), ("bad", "stderr", 2L), ("two", "stdout", 3L)], seen.Where(message => message.Type == "output").Select(message => (message.Data!, message.Stream!, message.Seq)));
        Assert.StartsWith("2026-03-01T12:00:01.123", seen.Single(message => message.Data == "bad").Text("ts"), StringComparison.Ordinal);
        Assert.Equal(137, seen[^1].ExitCode);
        await driver.NextAsync("settled");

        var task = Assert.Single(await client.ListAsync());
        Assert.Equal(("stopped", "thing", "out of memory", "exited"), (task.Text("state"), task.Text("command"), task.Text("note"), task.Text("worker_state")));
    }

    [Fact]
    public async Task A_stop_is_a_signal_to_the_host_and_the_exit_is_asked_for()
    {
        var driver = new TestDriver();
        await using var server = await StartAsync(driver);
        await using var client = await server.ConnectAsync();
        await client.SendAsync("start", ("action", "thing"), ("task_id", "t"));
        var run = await driver.NextAsync("begin");
        run.Started(0, 0, Noon);
        await client.ExpectAsync("started", "t");
        await client.SendAsync("stop", ("task_id", "t"));
        await driver.NextAsync("signal 15");
        await client.SendAsync("stop", ("task_id", "t"), ("grace", "0"));
        await driver.NextAsync("signal 9");
        run.Exited(-1, PosixSignalName.Sigkill, Noon);
        var exited = await client.ExpectAsync("exited", "t");
        Assert.Equal((true, "SIGKILL"), (exited.Intentional, exited.Signal));
    }

    [Fact]
    public async Task A_start_that_comes_to_nothing_is_answered_and_leaves_no_task()
    {
        var driver = new TestDriver();
        await using var server = await StartAsync(driver);
        await using var client = await server.ConnectAsync();
        var id = await client.SendAsync("start", ("action", "thing"), ("task_id", "t"));
        (await driver.NextAsync("begin")).Failed("no such image");
        Assert.Equal("no such image", (await client.ExpectAsync("the refusal", message => message.IsErrorOf(id))).Message);
        await driver.NextAsync("settled");

        driver.Failure = new InvalidOperationException("broken");
        id = await client.SendAsync("start", ("action", "thing"), ("task_id", "t"));
        Assert.Equal("test: broken", (await client.ExpectAsync("the refusal", message => message.IsErrorOf(id))).Message);
        Assert.Empty(await client.ListAsync());
    }

    [Fact]
    public async Task The_next_server_goes_on_where_the_last_one_ended()
    {
        var driver = new TestDriver();
        await using var server = await StartAsync(driver);
        await using (var client = await server.ConnectAsync())
        {
            await client.SendAsync("start", ("action", "thing"), ("task_id", "t"));
            await client.SendAsync("start", ("action", "thing"), ("task_id", "half"));
            var first = await driver.NextAsync("begin");
            await driver.NextAsync("begin");
            Assert.Equal(new HostedPlace(DateTimeOffset.MinValue, 0), first.Last);
            first.Started(0, 0, Noon);
            first.Write(HostedOutput.Stdout, "one\n"u8, Noon);
            first.Write(HostedOutput.Stdout, "two\n"u8, Noon.AddSeconds(1));
            first.Write(HostedOutput.Stderr, "three\n"u8, Noon.AddSeconds(1));
            Assert.Equal(new HostedPlace(Noon.AddSeconds(1), 2), first.Last);
            await client.UntilAsync("the last line", message => message.Data == "three");
        }

        await server.RestartAsync();
        var run = await driver.NextAsync("resume");
        Assert.Equal(("t", 1, "ref-t", new HostedPlace(Noon.AddSeconds(1), 2)), (run.TaskId, run.Ordinal, run.Reference, run.Last));

        // The other one was asked for, and nobody knows whether anything came of it.
        var again = await driver.NextAsync("begin");
        Assert.Equal("half", again.TaskId);
        Assert.Equal([again.RunId], driver.Pending);

        await using var watcher = await server.ConnectAsync();
        await watcher.SendAsync("subscribe", ("task_id", "t"), ("from_seq", 1));
        run.Started(0, 0, Noon);
        run.Write(HostedOutput.Stdout, "four\n"u8, Noon.AddSeconds(2));
        run.Exited(0, 0, Noon.AddSeconds(3));
        var seen = await watcher.UntilAsync("exited", "t");
        Assert.Equal(["one", "two", "three", "four"], seen.Where(message => message.Type == "output").Select(message => message.Data));
        await driver.NextAsync("settled");
        again.Failed("given up");
        await driver.NextAsync("settled");
    }

    [Fact]
    public async Task An_end_that_was_written_down_and_not_stored_any_more_is_the_runs_end()
    {
        var driver = new TestDriver();
        await using var server = await StartAsync(driver);
        Guid run;
        string journal;
        await using (var client = await server.ConnectAsync())
        {
            await client.SendAsync("start", ("action", "thing"), ("task_id", "t"));
            var begun = await driver.NextAsync("begin");
            run = begun.RunId.Value;
            begun.Started(0, 0, Noon);
            begun.Write(HostedOutput.Stdout, "one\n"u8, Noon);
            await client.UntilAsync("the line", message => message.Data == "one");
            journal = Assert.Single(Directory.GetDirectories(server.Places.JournalDirectory));
        }

        await server.StopAsync();
        using (var buffer = new JournalBuffer())
        using (var writer = JournalWriter.Open(journal, new JournalOptions(), buffer))
        {
            writer.AppendExited(new ExitRecord(run, 0, 1, 3, 0, 0, 0, 0), UnixTime.ToNanoseconds(Noon));
        }

        await server.RestartAsync();
        await using var watcher = await server.ConnectAsync();
        await watcher.SendAsync("subscribe", ("task_id", "t"), ("from_seq", 1));
        Assert.Equal(3, (await watcher.ExpectAsync("exited", "t")).ExitCode);
        await watcher.SendAsync("start", ("action", "thing"), ("task_id", "t"));
        Assert.Equal(2, (await driver.NextAsync("begin")).Ordinal);
    }

    [Fact]
    public async Task A_run_whose_host_is_gone_is_over_and_nobody_knows_how_it_ended()
    {
        var driver = new TestDriver();
        await using var server = await StartAsync(driver, also: [driver]);
        await using (var client = await server.ConnectAsync())
        {
            await client.SendAsync("start", ("action", "thing"), ("task_id", "t"));
            (await driver.NextAsync("begin")).Started(0, 0, Noon);
            await client.ExpectAsync("started", "t");
        }

        server.Configure("shutdown: {tasks: keep}\n");
        server.Drivers.Remove(driver);
        await server.RestartAsync();
        await using var watcher = await server.ConnectAsync();
        await watcher.SendAsync("subscribe", ("task_id", "t"), ("from_seq", 1));
        Assert.Equal(-1, (await watcher.ExpectAsync("exited", "t")).ExitCode);
    }

    private static Task<RunningServer> StartAsync(TestDriver driver, List<IDriver>? also = null) =>
        RunningServer.StartAsync(_ => Yaml, also is null ? [.. ServeCommand.BuiltInDrivers, driver] : also);
}
