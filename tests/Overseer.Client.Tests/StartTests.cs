using Overseer.Core.Tasks;
using Overseer.Protocols.V2;

namespace Overseer.Client.Tests;

/// <summary>Starts that have to wait in a queue.</summary>
public sealed class StartTests
{
    private const string Later = "2026-01-02T03:04:09.000000Z";

    private static readonly StartMessage Echo = new("") { Action = "echo" };

    [Fact]
    public async Task A_start_that_runs_at_once_has_nothing_to_wait_for()
    {
        await using var server = new ScriptedServer(async peer =>
        {
            await peer.AcceptAsync();
            await peer.SendAsync(Messages.Started("t", (await peer.ExpectAsync("start")).Id));
            await peer.UntilGoneAsync();
        });
        await using OverseerClient client = await server.ConnectAsync();

        TaskStart start = await client.StartAsync(Echo, watch: false);

        Assert.Null(start.Queued);
        Assert.Equal(7, (await start.WhenStartedAsync()).Pid);
    }

    [Fact]
    public async Task A_queued_start_returns_and_tells_later_that_the_task_runs()
    {
        var turn = new TaskCompletionSource();
        await using var server = new ScriptedServer(async peer =>
        {
            await peer.AcceptAsync();
            Request start = await peer.ExpectAsync("start");
            await peer.SendAsync(Messages.Queued("t", start.Id, 3), Messages.Dequeued("another", "purged"));
            await turn.Task;
            await peer.SendAsync(Messages.Started("t", start.Id), Messages.Output("t", 1));
            await peer.UntilGoneAsync();
        });
        await using OverseerClient client = await server.ConnectAsync();

        TaskStart start = await client.StartAsync(Echo, watch: true);
        Assert.Equal((null, 3), (start.Started, start.Queued!.Position));
        Task<StartedMessage> started = start.WhenStartedAsync();
        Assert.False(started.IsCompleted);
        turn.SetResult();

        Assert.Equal(7, (await started.WaitAsync(ScriptedServer.Deadline)).Pid);
        await using TaskWatch watch = start.Watch!;
        await using IAsyncEnumerator<ServerMessage> events = watch.GetAsyncEnumerator();
        Assert.True(await events.MoveNextAsync() && events.Current is StartedMessage);
        Assert.True(await events.MoveNextAsync() && events.Current is OutputMessage);
    }

    [Fact]
    public async Task A_queued_start_that_fails_says_why_in_whatever_order_it_comes()
    {
        foreach (bool errorFirst in (bool[])[true, false])
        {
            await using var server = new ScriptedServer(async peer =>
            {
                await peer.AcceptAsync();
                Request start = await peer.ExpectAsync("start");
                string[] end = [Messages.Error(start.Id, "cannot execute /x"), Messages.Dequeued("t", "failed")];
                await peer.SendAsync([Messages.Queued("t", start.Id), .. errorFirst ? end : end.Reverse()]);
                await peer.UntilGoneAsync();
            });
            await using OverseerClient client = await server.ConnectAsync();

            TaskStart start = await client.StartAsync(Echo, watch: true);

            Assert.Equal("cannot execute /x", (await Assert.ThrowsAsync<OverseerRequestException>(() => start.WhenStartedAsync().WaitAsync(ScriptedServer.Deadline))).Message);
            await using TaskWatch watch = start.Watch!;
            await Assert.ThrowsAsync<OverseerRequestException>(() => ReadAsync(watch));
        }
    }

    [Fact]
    public async Task A_queued_start_that_is_purged_is_told_apart_and_ends_its_watch()
    {
        await using var server = new ScriptedServer(async peer =>
        {
            await peer.AcceptAsync();
            Request start = await peer.ExpectAsync("start");
            await peer.SendAsync(Messages.Queued("t", start.Id), Messages.Dequeued("t", "purged"));
            await peer.UntilGoneAsync();
        });
        await using OverseerClient client = await server.ConnectAsync();
        var told = new TaskCompletionSource<DequeuedMessage>();
        client.Dequeued += (_, dequeued) => told.TrySetResult(dequeued.Message);

        TaskStart start = await client.StartAsync(Echo, watch: true);

        var purged = await Assert.ThrowsAsync<OverseerDequeuedException>(() => start.WhenStartedAsync().WaitAsync(ScriptedServer.Deadline));
        Assert.Equal(("t", DequeueReason.Purged), (purged.TaskId, purged.Reason));
        await using TaskWatch watch = start.Watch!;
        Assert.IsType<DequeuedMessage>(Assert.Single(await ReadAsync(watch)));
        Assert.Equal(new TaskEnding("t") { Dequeued = DequeueReason.Purged }, watch.Ending);
        Assert.Equal("t", (await told.Task.WaitAsync(ScriptedServer.Deadline)).TaskId);
    }

    [Theory]
    [InlineData("active", true)]
    [InlineData("stopped", true)]
    [InlineData(null, false)]
    public async Task What_became_of_a_queued_start_while_the_connection_was_lost_is_found_out(string? state, bool runs)
    {
        await using var server = new ScriptedServer(
            async peer =>
            {
                await peer.AcceptAsync();
                await peer.SendAsync(Messages.Queued("t", (await peer.ExpectAsync("start")).Id));
            },
            async peer =>
            {
                await peer.AcceptAsync();
                Assert.Equal("t", (await peer.ExpectAsync("subscribe")).TextOf("task_id"));
                Request list = await peer.ExpectAsync("list");
                await peer.SendAsync(Messages.Tasks(list.Id, state is null ? [] : [Messages.Task("t", 1, state, "running", exitedAt: Later)]));
                await peer.UntilGoneAsync();
            });
        await using OverseerClient client = await server.ConnectAsync();

        TaskStart start = await client.StartAsync(Echo, watch: false);

        if (runs)
            Assert.Equal(7, (await start.WhenStartedAsync().WaitAsync(ScriptedServer.Deadline)).Pid);
        else
            await Assert.ThrowsAsync<OverseerTaskLostException>(() => start.WhenStartedAsync().WaitAsync(ScriptedServer.Deadline));
    }

    [Fact]
    public async Task Whoever_waits_for_a_start_does_not_wait_for_a_closed_client()
    {
        await using var server = new ScriptedServer(async peer =>
        {
            await peer.AcceptAsync();
            await peer.SendAsync(Messages.Queued("t", (await peer.ExpectAsync("start")).Id));
            await peer.UntilGoneAsync();
        });
        OverseerClient client = await server.ConnectAsync();
        TaskStart start = await client.StartAsync(Echo, watch: false);

        await client.DisposeAsync();

        await Assert.ThrowsAsync<OverseerConnectionLostException>(() => start.WhenStartedAsync().WaitAsync(ScriptedServer.Deadline));
    }

    private static async Task<List<ServerMessage>> ReadAsync(TaskWatch watch)
    {
        using var deadline = new CancellationTokenSource(ScriptedServer.Deadline);
        var events = new List<ServerMessage>();
        await foreach (ServerMessage one in watch.WithCancellation(deadline.Token))
            events.Add(one);
        return events;
    }
}
