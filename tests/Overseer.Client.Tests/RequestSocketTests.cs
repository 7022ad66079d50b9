using Overseer.Protocols.V2;

namespace Overseer.Client.Tests;

/// <summary>Requests without the machinery of a client, as the command line sends them.</summary>
public sealed class RequestSocketTests
{
    [Fact]
    public async Task Answers_are_found_among_events_in_whatever_frames_they_come()
    {
        string large = new('x', 300_000);
        await using var server = new ScriptedServer(async peer =>
        {
            await peer.AcceptAsync();
            Request first = await peer.ExpectAsync("list");
            await peer.SendAsync(Messages.Dequeued("other", "purged"), """{"type":"something_new","x":[1,2]}""", Messages.Output("t", 1), Messages.Tasks("another request"));
            await peer.SendInPiecesAsync(Messages.Tasks(first.Id, Messages.Task("a")));
            await peer.SendAsync(Messages.Tasks((await peer.ExpectAsync("list")).Id, Messages.Task(large), Messages.Task("b")));
            Request third = await peer.ExpectAsync("list");
            Assert.Equal(large, third.TextOf("action"));
            await peer.SendAsync(Messages.Tasks(third.Id));
            await peer.UntilGoneAsync();
        });
        using RequestSocket socket = Open(server);

        Assert.Equal(["a"], Ask(socket, new ListMessage("")));
        Assert.Equal([large, "b"], Ask(socket, new ListMessage("")));
        Assert.Empty(Ask(socket, new ListMessage("") { Action = large }));
    }

    [Fact]
    public async Task A_ping_is_answered_while_it_waits()
    {
        await using var server = new ScriptedServer(async peer =>
        {
            await peer.AcceptAsync();
            Request list = await peer.ExpectAsync("list");
            await peer.PingAsync("abc");
            await peer.SendAsync(Messages.Tasks(list.Id, Messages.Task("a")));
            await peer.UntilGoneAsync();
        });
        using RequestSocket socket = Open(server);

        Assert.Equal(["a"], Ask(socket, new ListMessage("")));
        socket.Dispose();
        await server.Played;
    }

    [Fact]
    public async Task A_refusal_and_a_lost_connection_are_told_apart()
    {
        await using var server = new ScriptedServer(async peer =>
        {
            await peer.AcceptAsync();
            await peer.SendAsync(Messages.Error((await peer.ExpectAsync("list")).Id, "no"));
            await peer.ExpectAsync("list");
        });
        using RequestSocket socket = Open(server);

        Assert.Equal("no", Assert.Throws<OverseerRequestException>(() => Ask(socket, new ListMessage(""))).Message);
        Assert.Contains("not known", Assert.Throws<OverseerConnectionLostException>(() => Ask(socket, new ListMessage(""))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_and_one_that_says_too_much_are_left()
    {
        await using var silent = new ScriptedServer(async peer =>
        {
            await peer.AcceptAsync();
            await peer.UntilGoneAsync();
        });
        using (RequestSocket socket = Open(silent, new OverseerClientOptions { RequestTimeout = TimeSpan.FromMilliseconds(100) }))
            Assert.Throws<TimeoutException>(() => Ask(socket, new ListMessage("")));

        await using var loud = new ScriptedServer(async peer =>
        {
            await peer.AcceptAsync();
            await peer.SendAsync(Messages.Error("", new string('x', 3000)));
            await peer.UntilGoneAsync();
        });
        using (RequestSocket socket = Open(loud, new OverseerClientOptions { MaxMessageBytes = 2000 }))
            Assert.Contains("2000 bytes", Assert.Throws<OverseerConnectionLostException>(() => Ask(socket, new ListMessage(""))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_had_in_this_way_is_left_to_the_client()
    {
        Assert.Null(RequestSocket.TryOpen(OverseerEndpoint.Parse("127.0.0.1:1"), new OverseerClientOptions()));
        Assert.Null(RequestSocket.TryOpen(OverseerEndpoint.Unix("/nowhere/overseer.sock"), new OverseerClientOptions()));
        await using var refusing = new ScriptedServer(async peer =>
        {
            await peer.ReadHeadAsync();
            await peer.WriteRawAsync("HTTP/1.1 403 Forbidden\r\nContent-Length: 9\r\n\r\nforbidden");
        });
        Assert.Null(RequestSocket.TryOpen(refusing.Endpoint, new OverseerClientOptions()));
    }

    private static RequestSocket Open(ScriptedServer server, OverseerClientOptions? options = null)
        => RequestSocket.TryOpen(server.Endpoint, options ?? new OverseerClientOptions()) ?? throw new InvalidOperationException("it cannot be opened");

    private static string[] Ask(RequestSocket socket, ListMessage list)
        => [.. ((TasksMessage)socket.Ask(list, [TasksMessage.Schema])).Tasks.Select(task => task.TaskId)];
}
