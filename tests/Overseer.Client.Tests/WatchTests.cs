using Overseer.Protocols.V2;

namespace Overseer.Client.Tests;

public sealed class WatchTests
{
    private const string Later = "2026-01-02T03:04:06.000000Z";

    [Fact]
    public async Task A_start_that_is_watched_misses_nothing()
    {
        await using var server = new ScriptedServer(async peer =>
        {
            await peer.AcceptAsync();
            Request start = await peer.ExpectAsync("start");
            await peer.SendAsync(Messages.Started("t", start.Id), Messages.Output("t", 1), Messages.Output("t", 2), Messages.Exited("t"));
            await peer.UntilGoneAsync();
        });
        await using OverseerClient client = await server.ConnectAsync();

        TaskStart task = await client.StartAsync(new StartMessage("") { Action = "echo" }, watch: true);
        await using TaskWatch watch = task.Watch!;

        Assert.Equal(["1", "2", "exited 0"], await TakeAsync(watch, 3));
    }

    [Fact]
    public async Task After_a_lost_connection_a_watch_goes_on_without_loss_or_double()
    {
        await using var server = new ScriptedServer(
            async peer =>
            {
                await peer.AcceptAsync();
                Request subscribe = await peer.ExpectAsync("subscribe");
                Assert.Equal("1", subscribe.TextOf("from_seq"));
                await peer.SendAsync(
                    Messages.Subscribed("t", subscribe.Id), Messages.Output("t", 1), Messages.Exited("t", 3), Messages.Output("t", 2), Messages.Output("t", 3));
            },
            async peer =>
            {
                await peer.AcceptAsync();
                Request subscribe = await peer.ExpectAsync("subscribe");
                // One line earlier than missing: an exit may lie between the last line and the next.
                Assert.Equal("3", subscribe.TextOf("from_seq"));
                Request list = await peer.ExpectAsync("list");
                await peer.SendAsync(
                    Messages.Subscribed("t", subscribe.Id), Messages.Output("t", 3), Messages.Exited("t", 4, ts: Later), Messages.Output("t", 4),
                    Messages.Tasks(list.Id, Messages.Task("t")));
                await peer.UntilGoneAsync();
            });
        await using OverseerClient client = await server.ConnectAsync();
        await using TaskWatch watch = await client.WatchAsync("t", 1);

        Assert.Equal(["1", "exited 3", "2", "3", "exited 4", "4"], await TakeAsync(watch, 6));
    }

    [Fact]
    public async Task An_exit_that_comes_again_in_history_is_left_out()
    {
        await using var server = new ScriptedServer(
            async peer =>
            {
                await peer.AcceptAsync();
                Request subscribe = await peer.ExpectAsync("subscribe");
                await peer.SendAsync(Messages.Subscribed("t", subscribe.Id), Messages.Output("t", 1), Messages.Exited("t", 3), Messages.Exited("t", 4, ts: Later));
            },
            async peer =>
            {
                await peer.AcceptAsync();
                Request subscribe = await peer.ExpectAsync("subscribe");
                await peer.SendAsync(
                    Messages.Subscribed("t", subscribe.Id), Messages.Output("t", 1), Messages.Exited("t", 3), Messages.Exited("t", 4, ts: Later), Messages.Output("t", 2));
                await peer.UntilGoneAsync();
            });
        await using OverseerClient client = await server.ConnectAsync();
        await using TaskWatch watch = await client.WatchAsync("t", 1);

        Assert.Equal(["1", "exited 3", "exited 4", "2"], await TakeAsync(watch, 4));
    }

    [Fact]
    public async Task A_gap_is_passed_on_without_the_part_that_is_known()
    {
        await using var server = new ScriptedServer(
            async peer =>
            {
                await peer.AcceptAsync();
                Request subscribe = await peer.ExpectAsync("subscribe");
                await peer.SendAsync(Messages.Subscribed("t", subscribe.Id), Messages.Output("t", 1), Messages.Output("t", 2));
            },
            async peer =>
            {
                await peer.AcceptAsync();
                Request subscribe = await peer.ExpectAsync("subscribe");
                await peer.SendAsync(Messages.Subscribed("t", subscribe.Id), Messages.Gap("t", 1, 9), Messages.Output("t", 10));
                await peer.UntilGoneAsync();
            });
        await using OverseerClient client = await server.ConnectAsync();
        await using TaskWatch watch = await client.WatchAsync("t", 1);

        Assert.Equal(["1", "2", "gap 3-9", "10"], await TakeAsync(watch, 4));
    }

    [Fact]
    public async Task A_watch_from_a_line_on_shows_nothing_earlier()
    {
        await using var server = new ScriptedServer(async peer =>
        {
            await peer.AcceptAsync();
            Request subscribe = await peer.ExpectAsync("subscribe");
            await peer.SendAsync(Messages.Subscribed("t", subscribe.Id), Messages.Output("t", 4), Messages.Output("t", 5), Messages.Output("t", 6));
            await peer.UntilGoneAsync();
        });
        await using OverseerClient client = await server.ConnectAsync();
        await using TaskWatch watch = await client.WatchAsync("t", 5);

        Assert.Equal(["5", "6"], await TakeAsync(watch, 2));
    }

    [Fact]
    public async Task A_task_that_the_server_forgot_ends_the_watch()
    {
        await using var server = new ScriptedServer(
            async peer =>
            {
                await peer.AcceptAsync();
                Request subscribe = await peer.ExpectAsync("subscribe");
                await peer.SendAsync(Messages.Subscribed("t", subscribe.Id), Messages.Output("t", 1));
            },
            async peer =>
            {
                await peer.AcceptAsync();
                Request subscribe = await peer.ExpectAsync("subscribe");
                await peer.SendAsync(Messages.Subscribed("t", subscribe.Id));
                Request list = await peer.ExpectAsync("list");
                await peer.SendAsync(Messages.Tasks(list.Id, Messages.Task("other")));
                await peer.UntilGoneAsync();
            });
        await using OverseerClient client = await server.ConnectAsync();
        await using TaskWatch watch = await client.WatchAsync("t", 1);

        await Assert.ThrowsAsync<OverseerTaskLostException>(() => TakeAsync(watch, 2));
    }

    [Fact]
    public async Task Events_of_two_tasks_go_to_their_watches()
    {
        await using var server = new ScriptedServer(async peer =>
        {
            await peer.AcceptAsync();
            foreach (string task in (string[])["a", "b"])
                await peer.SendAsync(Messages.Subscribed(task, (await peer.ExpectAsync("subscribe")).Id));
            await peer.SendAsync(Messages.Output("b", 8), Messages.Output("a", 1), Messages.Output("c", 5), Messages.Output("b", 9), Messages.Output("a", 2));
            await peer.UntilGoneAsync();
        });
        await using OverseerClient client = await server.ConnectAsync();
        await using TaskWatch a = await client.WatchAsync("a");
        await using TaskWatch b = await client.WatchAsync("b");

        Assert.Equal(["1", "2"], await TakeAsync(a, 2));
        Assert.Equal(["8", "9"], await TakeAsync(b, 2));
        await Assert.ThrowsAsync<InvalidOperationException>(() => client.WatchAsync("a"));
    }

    [Fact]
    public async Task A_slow_reader_stops_the_reading_from_the_server_and_loses_nothing()
    {
        const int Lines = 50_000;
        long sent = 0;
        await using var server = new ScriptedServer(async peer =>
        {
            await peer.AcceptAsync();
            Request subscribe = await peer.ExpectAsync("subscribe");
            await peer.SendAsync(Messages.Subscribed("t", subscribe.Id));
            string data = new('x', 200);
            for (int seq = 1; seq <= Lines; seq++)
            {
                await peer.SendAsync(Messages.Output("t", seq, data));
                Interlocked.Increment(ref sent);
            }
            await peer.UntilGoneAsync();
        });
        await using OverseerClient client = await server.ConnectAsync(new OverseerClientOptions { BufferedEvents = 100 });
        await using TaskWatch watch = await client.WatchAsync("t", 1);

        // The sender stands still once the buffers between are full, long before the end.
        long before;
        do
        {
            before = Interlocked.Read(ref sent);
            await Task.Delay(200);
        }
        while (Interlocked.Read(ref sent) != before);
        Assert.InRange(before, 1, Lines / 2);

        Assert.Equal(Enumerable.Range(1, Lines).Select(seq => seq.ToString()), await TakeAsync(watch, Lines));
    }

    [Fact]
    public async Task A_request_is_answered_though_a_reader_is_slow()
    {
        await using var server = new ScriptedServer(async peer =>
        {
            await peer.AcceptAsync();
            Request subscribe = await peer.ExpectAsync("subscribe");
            await peer.SendAsync(Messages.Subscribed("t", subscribe.Id));
            await peer.SendAsync(Enumerable.Range(1, 50).Select(seq => Messages.Output("t", seq)));
            Request list = await peer.ExpectAsync("list");
            await peer.SendAsync(Messages.Output("t", 51), Messages.Tasks(list.Id));
            await peer.UntilGoneAsync();
        });
        await using OverseerClient client = await server.ConnectAsync(new OverseerClientOptions { BufferedEvents = 10 });
        await using TaskWatch watch = await client.WatchAsync("t", 1);

        Assert.Empty(await client.ListAsync().WaitAsync(ScriptedServer.Deadline));
        Assert.Equal(Enumerable.Range(1, 51).Select(seq => seq.ToString()), await TakeAsync(watch, 51));
    }

    [Fact]
    public async Task A_replay_gives_the_events_and_ends()
    {
        await using var server = new ScriptedServer(async peer =>
        {
            await peer.AcceptAsync();
            Request replay = await peer.ExpectAsync("replay");
            Assert.Equal("2", replay.TextOf("from_seq"));
            await peer.SendAsync(Messages.Output("t", 2), Messages.Exited("t", 1), Messages.Output("t", 3), Messages.Replayed("t", replay.Id, 3));
            replay = await peer.ExpectAsync("replay");
            await peer.SendAsync(Messages.Error(replay.Id, "task not found"));
            await peer.UntilGoneAsync();
        });
        await using OverseerClient client = await server.ConnectAsync();

        var events = new List<string>();
        await foreach (ServerMessage one in client.ReplayAsync("t", 2))
            events.Add(TextOf(one));
        Assert.Equal(["2", "exited 1", "3"], events);
        await Assert.ThrowsAsync<OverseerRequestException>(async () =>
        {
            await foreach (ServerMessage _ in client.ReplayAsync("t"))
            {
            }
        });
    }

    [Fact]
    public async Task Closing_the_client_ends_its_watches_quietly()
    {
        await using var server = new ScriptedServer(async peer =>
        {
            await peer.AcceptAsync();
            Request subscribe = await peer.ExpectAsync("subscribe");
            await peer.SendAsync(Messages.Subscribed("t", subscribe.Id));
            await peer.UntilGoneAsync();
        });
        OverseerClient client = await server.ConnectAsync();
        TaskWatch watch = await client.WatchAsync("t");
        Task<List<string>> reading = TakeAsync(watch, 1);

        await client.DisposeAsync();
        await client.DisposeAsync();

        Assert.Empty(await reading);
        await watch.DisposeAsync();
    }

    private static async Task<List<string>> TakeAsync(TaskWatch watch, int count)
    {
        using var deadline = new CancellationTokenSource(ScriptedServer.Deadline);
        var events = new List<string>();
        await foreach (IReadOnlyList<ServerMessage> batch in watch.ReadBatchesAsync(untilEnded: false, deadline.Token))
        {
            events.AddRange(batch.Select(TextOf).Take(count - events.Count));
            if (events.Count == count)
                break;
        }
        return events;
    }

    private static string TextOf(ServerMessage message) => message switch
    {
        OutputMessage output => output.Seq.ToString(),
        ExitedMessage exited => $"exited {exited.ExitCode}",
        GapMessage gap => $"gap {gap.FromSeq}-{gap.ToSeq}",
        _ => message.GetType().Name,
    };
}
