using Overseer.Core.Tasks;
using Overseer.Protocols.V2;

namespace Overseer.Client.Tests;

/// <summary>When a task has ended, and when only one of its runs has.</summary>
public sealed class EndingTests
{
    private const string Later = "2026-01-02T03:04:09.000000Z";

    [Fact]
    public async Task A_watch_goes_through_restarts_and_ends_with_the_last_exit()
    {
        await using var server = new ScriptedServer(async peer =>
        {
            await peer.AcceptAsync();
            await peer.SendAsync(Messages.Subscribed("t", (await peer.ExpectAsync("subscribe")).Id), Messages.Exited("t", 1), Messages.Restarting("t"));
            await AnswerAsync(peer, "active");
            await peer.SendAsync(Messages.Started("t", "", 8, restartOf: 7), Messages.Output("t", 1), Messages.Exited("t", 5, pid: 8, ts: Later));
            while (await peer.ReceiveAsync() is { } request)
                await peer.SendAsync(Messages.Tasks(request.Id, Messages.Task("t", exitedAt: Later, startedAt: Later)));
        });
        await using OverseerClient client = await server.ConnectAsync();
        await using TaskWatch watch = await client.WatchAsync("t", 1);

        Assert.Equal(["ExitedMessage", "RestartingMessage", "StartedMessage", "OutputMessage", "ExitedMessage"], await ReadAsync(watch));
        Assert.Equal(new TaskEnding("t") { ExitCode = 5 }, watch.Ending);
    }

    [Fact]
    public async Task An_exit_and_its_restart_in_one_piece_are_not_asked_about()
    {
        await using var server = new ScriptedServer(async peer =>
        {
            await peer.AcceptAsync();
            // Before the answer, so that all of it waits when reading begins.
            string id = (await peer.ExpectAsync("subscribe")).Id;
            await peer.SendAsync(Messages.Exited("t", 1), Messages.Restarting("t"), Messages.Dequeued("t", "stopped"), Messages.Subscribed("t", id));
            Assert.Equal("unsubscribe", (await peer.ReceiveAsync())!.Type);
        });
        await using (OverseerClient client = await server.ConnectAsync())
        {
            await using TaskWatch watch = await client.WatchAsync("t", 1);
            Assert.Equal(["ExitedMessage", "RestartingMessage", "DequeuedMessage"], await ReadAsync(watch));
            Assert.Equal(new TaskEnding("t") { ExitCode = 1, Dequeued = DequeueReason.Stopped }, watch.Ending);
        }
        await server.Played;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_restart_that_was_stopped_before_its_history_came_is_the_end(bool told)
    {
        await using var server = new ScriptedServer(async peer =>
        {
            await peer.AcceptAsync();
            string id = (await peer.ExpectAsync("subscribe")).Id;
            // The event goes to everybody at once, history comes as it can; without a connection at that moment there was no event at all.
            await peer.SendAsync([.. told ? [Messages.Dequeued("t", "stopped")] : Array.Empty<string>(), Messages.Subscribed("t", id), Messages.Exited("t", 5), Messages.Restarting("t")]);
            while (await peer.ReceiveAsync() is { } request)
                await peer.SendAsync(Messages.Tasks(request.Id, Messages.Task("t", exit: 5)));
        });
        await using OverseerClient client = await server.ConnectAsync();
        await using TaskWatch watch = await client.WatchAsync("t", 1);

        await ReadAsync(watch);

        Assert.Equal(5, watch.Ending?.ExitCode);
    }

    [Theory]
    [InlineData("stopped")]
    [InlineData("errored")]
    public async Task A_task_that_will_not_go_on_ends_with_the_servers_word_on_its_exit_where_none_was_seen(string state)
    {
        await using var server = new ScriptedServer(async peer =>
        {
            await peer.AcceptAsync();
            string id = (await peer.ExpectAsync("subscribe")).Id;
            await peer.SendAsync(Messages.Dequeued("t", "stopped"), Messages.Subscribed("t", id));
            await peer.SendAsync(Messages.Tasks((await peer.ExpectAsync("list")).Id, Messages.Task("t", 1, state, exit: -1, signal: "SIGHUP")));
            await peer.UntilGoneAsync();
        });
        await using OverseerClient client = await server.ConnectAsync();
        await using TaskWatch watch = await client.WatchAsync("t", 1);

        Assert.Equal(["DequeuedMessage"], await ReadAsync(watch));
        Assert.Equal(new TaskEnding("t") { ExitCode = -1, Signal = "SIGHUP", GivenUp = state == "errored", Dequeued = DequeueReason.Stopped }, watch.Ending);
    }

    [Fact]
    public async Task A_task_that_leaves_its_queue_has_no_exit_to_be_asked_for()
    {
        await using var server = new ScriptedServer(async peer =>
        {
            await peer.AcceptAsync();
            string id = (await peer.ExpectAsync("subscribe")).Id;
            await peer.SendAsync(Messages.Queued("t", ""), Messages.Dequeued("t", "purged"), Messages.Subscribed("t", id));
            Assert.Equal("unsubscribe", (await peer.ReceiveAsync())!.Type);
        });
        await using (OverseerClient client = await server.ConnectAsync())
        {
            await using TaskWatch watch = await client.WatchAsync("t", 1);
            Assert.Equal(["QueuedMessage", "DequeuedMessage"], await ReadAsync(watch));
            Assert.Equal(new TaskEnding("t") { Dequeued = DequeueReason.Purged }, watch.Ending);
        }
        await server.Played;
    }

    [Fact]
    public async Task What_was_written_before_the_subscription_is_awaited_though_the_end_was_told_first()
    {
        var rest = new TaskCompletionSource();
        await using var server = new ScriptedServer(async peer =>
        {
            await peer.AcceptAsync();
            string id = (await peer.ExpectAsync("subscribe")).Id;
            await peer.SendAsync(Messages.Dequeued("t", "stopped"), Messages.Subscribed("t", id, nextSeq: 4));
            await peer.SendAsync(Messages.Tasks((await peer.ExpectAsync("list")).Id, Messages.Task("t", exit: 5)), Messages.Output("t", 1));
            await rest.Task;
            await peer.SendAsync(Messages.Gap("t", 2, 2), Messages.Output("t", 3));
            while (await peer.ReceiveAsync() is { } request)
            {
                if (request.Type == "list")
                    await peer.SendAsync(Messages.Tasks(request.Id, Messages.Task("t", exit: 5)));
            }
        });
        await using OverseerClient client = await server.ConnectAsync();
        await using TaskWatch watch = await client.WatchAsync("t", 1);
        var seen = new List<string>();

        await foreach (ServerMessage one in watch.WithCancellation(new CancellationTokenSource(ScriptedServer.Deadline).Token))
        {
            seen.Add(one.GetType().Name);
            // The rest comes only when what came first has been read, and with it the end.
            if (one is OutputMessage)
                rest.TrySetResult();
        }

        Assert.Equal(["DequeuedMessage", "OutputMessage", "GapMessage", "OutputMessage"], seen);
        Assert.Equal(new TaskEnding("t") { ExitCode = 5, Dequeued = DequeueReason.Stopped }, watch.Ending);
    }

    [Theory]
    [InlineData("stopped")]
    [InlineData("errored")]
    public async Task An_exit_that_came_before_its_process_was_known_to_have_begun_is_the_end(string state)
    {
        await using var server = new ScriptedServer(async peer =>
        {
            await peer.AcceptAsync();
            await peer.SendAsync(Messages.Subscribed("t", (await peer.ExpectAsync("subscribe")).Id), Messages.Exited("t", 5));
            while (await peer.ReceiveAsync() is { } request)
            {
                if (request.Type == "list")
                    await peer.SendAsync(Messages.Tasks(request.Id, Messages.Task("t", 1, state, exit: 5, exitedAt: Messages.Time, startedAt: Later)));
            }
        });
        await using OverseerClient client = await server.ConnectAsync();
        await using TaskWatch watch = await client.WatchAsync("t", 1);

        Assert.Equal(["ExitedMessage"], await ReadAsync(watch));
        Assert.Equal(new TaskEnding("t") { ExitCode = 5, GivenUp = state == "errored" }, watch.Ending);
    }

    [Fact]
    public async Task A_task_that_was_given_up_and_reset_in_its_history_has_not_ended()
    {
        await using var server = new ScriptedServer(async peer =>
        {
            await peer.AcceptAsync();
            await peer.SendAsync(Messages.Subscribed("t", (await peer.ExpectAsync("subscribe")).Id), Messages.Exited("t", 5), Messages.Errored("t", 3));
            await peer.SendAsync(Messages.Tasks((await peer.ExpectAsync("list")).Id, Messages.Task("t", 1, "active", "running", startedAt: Later)));
            await peer.SendAsync(Messages.Output("t", 1), Messages.Exited("t", 0, ts: Later));
            while (await peer.ReceiveAsync() is { } request)
                await peer.SendAsync(Messages.Tasks(request.Id, Messages.Task("t", exitedAt: Later, startedAt: Later)));
        });
        await using OverseerClient client = await server.ConnectAsync();
        await using TaskWatch watch = await client.WatchAsync("t", 1);

        Assert.Equal(["ExitedMessage", "ErroredMessage", "OutputMessage", "ExitedMessage"], await ReadAsync(watch));
        Assert.Equal(new TaskEnding("t") { ExitCode = 0 }, watch.Ending);
    }

    [Fact]
    public async Task A_task_that_is_given_up_has_ended()
    {
        await using var server = new ScriptedServer(async peer =>
        {
            await peer.AcceptAsync();
            await peer.SendAsync(Messages.Subscribed("t", (await peer.ExpectAsync("subscribe")).Id), Messages.Exited("t", -1, "SIGSEGV"), Messages.Errored("t", 3));
            while (await peer.ReceiveAsync() is { } request)
            {
                if (request.Type == "list")
                    await peer.SendAsync(Messages.Tasks(request.Id, Messages.Task("t", 1, "errored")));
            }
        });
        await using OverseerClient client = await server.ConnectAsync();
        await using TaskWatch watch = await client.WatchAsync("t", 1);

        Assert.Equal(["ExitedMessage", "ErroredMessage"], await ReadAsync(watch));
        Assert.Equal(new TaskEnding("t") { ExitCode = -1, Signal = "SIGSEGV", GivenUp = true }, watch.Ending);
    }

    [Fact]
    public async Task The_question_whether_an_exit_was_the_last_is_asked_again_over_the_next_connection()
    {
        await using var server = new ScriptedServer(
            async peer =>
            {
                await peer.AcceptAsync();
                await peer.SendAsync(Messages.Subscribed("t", (await peer.ExpectAsync("subscribe")).Id), Messages.Exited("t", 4));
                await peer.ExpectAsync("list");
            },
            async peer =>
            {
                await peer.AcceptAsync();
                while (await peer.ReceiveAsync() is { } request)
                    await peer.SendAsync(request.Type == "list" ? Messages.Tasks(request.Id, Messages.Task("t")) : Messages.Subscribed("t", request.Id));
            });
        await using OverseerClient client = await server.ConnectAsync();
        await using TaskWatch watch = await client.WatchAsync("t", 1);

        Assert.Equal(["ExitedMessage"], await ReadAsync(watch));
        Assert.Equal(4, watch.Ending?.ExitCode);
    }

    [Fact]
    public async Task Waiting_needs_no_output_and_tells_each_end_once()
    {
        await using var server = new ScriptedServer(async peer =>
        {
            await peer.AcceptAsync();
            Request subscribe = await peer.ExpectAsync("subscribe");
            Assert.Equal("True", subscribe.TextOf("lifecycle"));
            await peer.SendAsync(Messages.Following(subscribe.Id, 10), Messages.Lifecycle(11, "exited", "b", "active", "\"pid\":7,\"exit_code\":1,"));
            Request list = await peer.ExpectAsync("list");
            await peer.SendAsync(Messages.Tasks(list.Id, Messages.Task("a", 1, exit: 3), Messages.Task("b", 2, "active", "running"), Messages.Task("c", 3, "queued", "exited"), Messages.Task("d", 4, "active", "running")));
            await peer.SendAsync(
                Messages.Lifecycle(12, "restarting", "b"), Messages.Lifecycle(13, "exited", "stranger", "stopped", "\"exit_code\":9,"), Messages.Lifecycle(14, "started", "b"),
                Messages.Lifecycle(15, "exited", "b", "stopped", "\"exit_code\":-1,\"signal\":\"SIGTERM\","), Messages.Lifecycle(16, "dequeued", "c", null, "\"reason\":\"expired\","),
                Messages.Lifecycle(17, "exited", "d", "active", "\"exit_code\":2,"), Messages.Lifecycle(18, "errored", "d", "errored", "\"exit_count\":3,"));
            await peer.UntilGoneAsync();
        });
        await using OverseerClient client = await server.ConnectAsync();
        using var deadline = new CancellationTokenSource(ScriptedServer.Deadline);
        var endings = new List<TaskEnding>();
        await foreach (TaskEnding ending in client.WaitAsync(["a", "b", "c", "d", "gone", "a"], deadline.Token))
            endings.Add(ending);

        Assert.Equal(
            [
                new TaskEnding("a") { ExitCode = 3 }, new TaskEnding("gone") { Forgotten = true }, new TaskEnding("b") { ExitCode = -1, Signal = "SIGTERM" },
                new TaskEnding("c") { Dequeued = DequeueReason.Expired }, new TaskEnding("d") { ExitCode = 2, GivenUp = true },
            ],
            endings);
    }

    [Fact]
    public async Task Waiting_finds_out_what_happened_while_the_connection_was_lost()
    {
        await using var server = new ScriptedServer(
            async peer =>
            {
                await peer.AcceptAsync();
                await peer.SendAsync(Messages.Following((await peer.ExpectAsync("subscribe")).Id, 10));
                await AnswerAsync(peer, "active");
            },
            async peer =>
            {
                await peer.AcceptAsync();
                Request subscribe = await peer.ExpectAsync("subscribe");
                Assert.Equal("10", subscribe.TextOf("after"));
                await peer.SendAsync(Messages.Following(subscribe.Id, 20, history: 0, complete: false));
                await AnswerAsync(peer, "stopped", exit: 6);
                await peer.UntilGoneAsync();
            });
        await using OverseerClient client = await server.ConnectAsync();

        Assert.Equal(new TaskEnding("t") { ExitCode = 6 }, await client.WaitAsync("t").WaitAsync(ScriptedServer.Deadline));
    }

    private static async Task AnswerAsync(ScriptedPeer peer, string state, int exit = 0)
        => await peer.SendAsync(Messages.Tasks((await peer.ExpectAsync("list")).Id, Messages.Task("t", 1, state, "exited", exit: exit, exitedAt: Later)));

    private static async Task<List<string>> ReadAsync(TaskWatch watch)
    {
        using var deadline = new CancellationTokenSource(ScriptedServer.Deadline);
        var events = new List<string>();
        await foreach (ServerMessage one in watch.WithCancellation(deadline.Token))
            events.Add(one.GetType().Name);
        return events;
    }
}
