using Overseer.Protocols.V2;

namespace Overseer.Client.Tests;

public sealed class RequestTests
{
    [Fact]
    public async Task Answers_find_their_requests_whatever_their_order()
    {
        await using var server = new ScriptedServer(async peer =>
        {
            await peer.AcceptAsync();
            Request first = (await peer.ReceiveAsync())!;
            Request second = (await peer.ReceiveAsync())!;
            foreach (Request one in new[] { second, first })
                await peer.SendAsync(one.Type == "list" ? Messages.Tasks(one.Id, Messages.Task("a")) : Messages.Actions(one.Id));
            await peer.UntilGoneAsync();
        });
        await using OverseerClient client = await server.ConnectAsync();

        Task<IReadOnlyList<TaskInfo>> tasks = client.ListAsync();
        Task<IReadOnlyList<ActionInfo>> actions = client.DescribeAsync();

        Assert.Equal("a", Assert.Single(await tasks).TaskId);
        Assert.Equal("echo", Assert.Single(await actions).Name);
    }

    [Fact]
    public async Task A_refusal_is_an_exception_with_the_servers_text()
    {
        await using var server = new ScriptedServer(async peer =>
        {
            await peer.AcceptAsync();
            Request start = await peer.ExpectAsync("start");
            await peer.SendAsync(Messages.Error(start.Id, "duplicate task: already running as b", "b"));
            await peer.UntilGoneAsync();
        });
        await using OverseerClient client = await server.ConnectAsync();

        var refusal = await Assert.ThrowsAsync<OverseerRequestException>(() => client.StartAsync(new StartMessage("") { Action = "x" }, watch: false));

        Assert.Equal("duplicate task: already running as b", refusal.Message);
        Assert.Equal("b", refusal.ExistingTaskId);
    }

    [Fact]
    public async Task A_message_may_come_in_many_fragments_and_be_of_a_type_that_is_not_known()
    {
        await using var server = new ScriptedServer(async peer =>
        {
            await peer.AcceptAsync();
            Request list = await peer.ExpectAsync("list");
            await peer.SendAsync("""{"type":"something_new","x":[1,2]}""");
            await peer.SendInPiecesAsync(Messages.Tasks(list.Id, Messages.Task("a")));
            await peer.UntilGoneAsync();
        });
        await using OverseerClient client = await server.ConnectAsync();

        Assert.Single(await client.ListAsync());
    }

    [Fact]
    public async Task A_request_under_way_fails_when_the_connection_is_lost_and_the_next_one_goes_over_a_new_one()
    {
        await using var server = new ScriptedServer(
            async peer =>
            {
                await peer.AcceptAsync();
                await peer.ExpectAsync("list");
            },
            async peer =>
            {
                await peer.AcceptAsync();
                Request list = await peer.ExpectAsync("list");
                await peer.SendAsync(Messages.Tasks(list.Id));
                await peer.UntilGoneAsync();
            });
        await using OverseerClient client = await server.ConnectAsync();

        var lost = await Assert.ThrowsAsync<OverseerConnectionLostException>(() => client.ListAsync());
        Assert.Contains("it is not known", lost.Message, StringComparison.Ordinal);
        Assert.Empty(await client.ListAsync());
    }

    [Fact]
    public async Task Everything_fails_with_the_reason_when_there_is_no_connecting_again()
    {
        await using var server = new ScriptedServer(async peer =>
        {
            await peer.AcceptAsync();
            Request subscribe = await peer.ExpectAsync("subscribe");
            await peer.SendAsync(Messages.Subscribed("t", subscribe.Id));
        });
        await using OverseerClient client = await server.ConnectAsync(new OverseerClientOptions { ReconnectFor = TimeSpan.Zero });
        await using TaskWatch watch = await client.WatchAsync("t");

        await Assert.ThrowsAsync<OverseerUnreachableException>(async () =>
        {
            await foreach (ServerMessage _ in watch)
            {
            }
        });
        await Assert.ThrowsAsync<OverseerUnreachableException>(() => client.ListAsync());
    }

    [Fact]
    public async Task A_message_above_the_limit_ends_the_connection()
    {
        await using var server = new ScriptedServer(async peer =>
        {
            await peer.AcceptAsync();
            await peer.ExpectAsync("list");
            await peer.SendAsync(Messages.Error("", new string('x', 300_000)));
            await peer.UntilGoneAsync();
        });
        await using OverseerClient client = await server.ConnectAsync(new OverseerClientOptions { ReconnectFor = TimeSpan.Zero, MaxMessageBytes = 200_000 });

        var lost = await Assert.ThrowsAsync<OverseerConnectionLostException>(() => client.ListAsync());
        Assert.Contains("200000 bytes", lost.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_waits_for_the_exit()
    {
        await using var server = new ScriptedServer(async peer =>
        {
            await peer.AcceptAsync();
            Request subscribe = await peer.ExpectAsync("subscribe");
            await peer.SendAsync(Messages.Subscribed("t", subscribe.Id));
            Request stop = await peer.ExpectAsync("stop");
            Assert.Equal("2s", stop.TextOf("grace"));
            await peer.SendAsync(Messages.Output("t", 1), Messages.Exited("t", -1, "SIGTERM"));
            Request list = await peer.ExpectAsync("list");
            await peer.SendAsync(Messages.Tasks(list.Id, Messages.Task("t")));
            await peer.UntilGoneAsync();
        });
        await using OverseerClient client = await server.ConnectAsync();

        Assert.Equal("SIGTERM", (await client.StopAsync("t", TimeSpan.FromSeconds(2)))?.Signal);
    }

    [Fact]
    public async Task Stop_of_an_unknown_task_is_refused()
    {
        await using var server = new ScriptedServer(async peer =>
        {
            await peer.AcceptAsync();
            Request subscribe = await peer.ExpectAsync("subscribe");
            await peer.SendAsync(Messages.Subscribed("t", subscribe.Id));
            Request stop = await peer.ExpectAsync("stop");
            await peer.SendAsync(Messages.Error(stop.Id, "task not found"));
            await peer.UntilGoneAsync();
        });
        await using OverseerClient client = await server.ConnectAsync();

        var refusal = await Assert.ThrowsAsync<OverseerRequestException>(() => client.StopAsync("t"));
        Assert.Equal("task not found", refusal.Message);
    }
}
