using Overseer.Client.Tests;
using Overseer.Hosting;

namespace Overseer.Cli.Tests;

public sealed class FollowTests
{
    private const string Later = "2026-01-02T03:04:09.000000Z";

    [Theory]
    [InlineData(0, null, 0)]
    [InlineData(3, null, 3)]
    [InlineData(127, null, 127)]
    [InlineData(-1, "SIGKILL", 137)]
    [InlineData(-1, "SIGTERM", 143)]
    [InlineData(-1, null, ExitCodes.Refused)]
    public async Task Start_and_follow_ends_with_the_tasks_code(int exit, string? signal, int code)
    {
        await using var server = new ScriptedServer(async peer =>
        {
            await peer.AcceptAsync();
            Request start = await peer.ExpectAsync("start");
            Assert.Contains("\"params\":{\"a\":\"1\",\"b\":\"x=y\"}", start.Text, StringComparison.Ordinal);
            await peer.SendAsync(
                Messages.Started("t", start.Id), Messages.Output("t", 1, "one"), Messages.Output("t", 2, "two", "stderr"), Messages.Output("t", 3, "th", partial: true),
                Messages.Output("t", 4, "ree"), Messages.Exited("t", exit, signal));
            Request list = await peer.ExpectAsync("list");
            await peer.SendAsync(Messages.Tasks(list.Id, Messages.Task("t")));
            await peer.UntilGoneAsync();
        });

        CommandRun run = await CommandRun.Of(server, "start", "echo", "-p", "a=1", "-p", "b=x=y", "-f");

        Assert.Equal(code, run.Code);
        Assert.Equal("one\nthree\n", run.Out);
        Assert.Equal("two\n", run.ErrorLines);
    }

    [Fact]
    public async Task Start_prints_the_id_and_nothing_else()
    {
        await using var server = new ScriptedServer(async peer =>
        {
            await peer.AcceptAsync();
            await peer.SendAsync(Messages.Started("t", (await peer.ExpectAsync("start")).Id));
            await peer.UntilGoneAsync();
        });

        CommandRun run = await CommandRun.Of(server, "start", "echo");

        Assert.Equal((ExitCodes.Ok, "t\n", ""), (run.Code, run.Out, run.Error));
    }

    [Fact]
    public async Task A_refused_start_is_code_125()
    {
        await using var server = new ScriptedServer(async peer =>
        {
            await peer.AcceptAsync();
            await peer.SendAsync(Messages.Error((await peer.ExpectAsync("start")).Id, "cannot execute /no/such: no such file or directory (ENOENT)"));
            await peer.UntilGoneAsync();
        });

        CommandRun run = await CommandRun.Of(server, "start", "echo", "-f");

        Assert.Equal(ExitCodes.Refused, run.Code);
        Assert.Equal("overseer: cannot execute /no/such: no such file or directory (ENOENT)\n", run.Error);
    }

    [Fact]
    public async Task Logs_follow_goes_through_restarts_and_an_earlier_run_until_the_task_has_ended()
    {
        await using var server = new ScriptedServer(async peer =>
        {
            await peer.AcceptAsync();
            await AnswerList(peer, "active", "running");
            Request subscribe = await peer.ExpectAsync("subscribe");
            await peer.SendAsync(Messages.Subscribed("t", subscribe.Id), Messages.Output("t", 1), Messages.Exited("t", 1));
            await AnswerList(peer, "active", "exited");
            await peer.SendAsync(Messages.Started("t", "", 8, restartOf: 7), Messages.Output("t", 2), Messages.Exited("t", 5, pid: 8, ts: Later));
            await AnswerList(peer, "stopped", "exited");
            await peer.UntilGoneAsync();
        });

        CommandRun run = await CommandRun.Of(server, "logs", "t", "-f");

        Assert.Equal((5, "line\nline\n"), (run.Code, run.Out));
    }

    [Fact]
    public async Task Logs_prints_what_is_there_and_announces_what_is_missing()
    {
        await using var server = new ScriptedServer(async peer =>
        {
            await peer.AcceptAsync();
            await AnswerList(peer, "active", "running");
            Request replay = await peer.ExpectAsync("replay");
            Assert.Equal("1", replay.TextOf("from_seq"));
            await peer.SendAsync(Messages.Gap("t", 1, 41), Messages.Output("t", 42, "the answer"), Messages.Replayed("t", replay.Id, 1));
            await peer.UntilGoneAsync();
        });

        CommandRun run = await CommandRun.Of(server, "logs", "t", "-t");

        Assert.Equal($"{Messages.Time} the answer\n", run.Out);
        Assert.Equal("overseer: lines 1 to 41 are missing: they are older than what is kept\n", run.Error);
    }

    [Fact]
    public async Task Logs_asks_again_when_exits_took_the_place_of_lines()
    {
        await using var server = new ScriptedServer(async peer =>
        {
            await peer.AcceptAsync();
            await AnswerList(peer, "stopped", "exited");
            Request first = await peer.ExpectAsync("replay");
            int limit = int.Parse(first.TextOf("limit")!);
            await peer.SendAsync(Enumerable.Range(0, limit).Select(i => i == 0 ? Messages.Output("t", 9, "nine") : Messages.Exited("t", 1, ts: $"2026-01-02T03:04:05.{i:000000}Z")));
            await peer.SendAsync(Messages.Replayed("t", first.Id, limit));
            Request second = await peer.ExpectAsync("replay");
            await peer.SendAsync(
                Messages.Output("t", 7, "seven"), Messages.Output("t", 8, "eight"), Messages.Exited("t", 1), Messages.Output("t", 9, "nine"), Messages.Replayed("t", second.Id, 4));
            await peer.UntilGoneAsync();
        });

        CommandRun run = await CommandRun.Of(server, "logs", "t", "-n", "2");

        Assert.Equal("eight\nnine\n", run.Out);
    }

    [Fact]
    public async Task A_reader_that_has_gone_ends_the_command_quietly()
    {
        await using var server = new ScriptedServer(async peer =>
        {
            await peer.AcceptAsync();
            await AnswerList(peer, "active", "running");
            Request subscribe = await peer.ExpectAsync("subscribe");
            await peer.SendAsync(Messages.Subscribed("t", subscribe.Id), Messages.Output("t", 1));
            await peer.UntilGoneAsync();
        });

        CommandRun run = await CommandRun.Run(["logs", "t", "-f", "--host", server.Endpoint.Text], new BrokenStream());

        Assert.Equal((ExitCodes.Ok, ""), (run.Code, run.Error));
    }

    [Fact]
    public async Task Stop_says_how_the_task_ended()
    {
        await using var server = new ScriptedServer(async peer =>
        {
            await peer.AcceptAsync();
            await AnswerList(peer, "active", "running");
            await peer.SendAsync(Messages.Subscribed("t", (await peer.ExpectAsync("subscribe")).Id));
            await peer.ExpectAsync("stop");
            await peer.SendAsync(Messages.Exited("t", -1, "SIGTERM", ts: Later));
            await AnswerList(peer, "stopped", "exited");
            await peer.UntilGoneAsync();
        });

        CommandRun run = await CommandRun.Of(server, "stop", "t");

        Assert.Equal((ExitCodes.Ok, "", "overseer: stopped t (SIGTERM)\n"), (run.Code, run.Out, run.Error));
    }

    private static async Task AnswerList(ScriptedPeer peer, string state, string worker)
        => await peer.SendAsync(Messages.Tasks((await peer.ExpectAsync("list")).Id, Messages.Task("t", 1, state, worker, exitedAt: Later)));

    private sealed class BrokenStream : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("Broken pipe");
    }
}
