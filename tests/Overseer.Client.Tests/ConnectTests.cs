namespace Overseer.Client.Tests;

public sealed class ConnectTests
{
    [Fact]
    public async Task Nobody_at_the_socket_is_told_apart()
    {
        var endpoint = OverseerEndpoint.Unix(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()));

        var failure = await Assert.ThrowsAsync<OverseerUnreachableException>(() => OverseerClient.ConnectAsync(endpoint));

        Assert.True(failure.NobodyListens);
        Assert.Equal($"no server is running at {endpoint}", failure.Message);
    }

    [Fact]
    public async Task A_socket_file_that_nobody_listens_on_any_more_counts_as_nobody()
    {
        OverseerEndpoint endpoint;
        await using (var server = new ScriptedServer())
            endpoint = server.Endpoint;

        var failure = await Assert.ThrowsAsync<OverseerUnreachableException>(() => OverseerClient.ConnectAsync(endpoint));

        Assert.True(failure.NobodyListens);
    }

    [Fact]
    public async Task A_refusal_of_the_upgrade_says_why()
    {
        await using var server = new ScriptedServer(async peer =>
        {
            await peer.ReadHeadAsync();
            await peer.WriteRawAsync("HTTP/1.1 403 Forbidden\r\nContent-Length: 9\r\n\r\nforbidden");
        });

        var failure = await Assert.ThrowsAsync<OverseerUnreachableException>(() => server.ConnectAsync());

        Assert.False(failure.NobodyListens);
        Assert.EndsWith("403 Forbidden (forbidden)", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("220 smtp.example.org ESMTP\r\n\r\n")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: AAAA\r\n\r\n")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\n")]
    public async Task Something_else_that_answers_is_no_server(string answer)
    {
        await using var server = new ScriptedServer(async peer =>
        {
            await peer.ReadHeadAsync();
            await peer.WriteRawAsync(answer);
        });

        var failure = await Assert.ThrowsAsync<OverseerUnreachableException>(() => server.ConnectAsync());

        Assert.Contains("is no Overseer server", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connecting_has_a_time_limit()
    {
        var gone = new TaskCompletionSource();
        await using var server = new ScriptedServer(_ => gone.Task);

        var failure = await Assert.ThrowsAsync<OverseerUnreachableException>(
            () => server.ConnectAsync(new OverseerClientOptions { ConnectTimeout = TimeSpan.FromMilliseconds(100) }));

        gone.SetResult();
        Assert.Contains("did not answer within 0.1 s", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ws://host:1234", "ws://host:1234/ws", null)]
    [InlineData("ws://host/other?x=1", "ws://host/other?x=1", null)]
    [InlineData("wss://host", "wss://host/ws", null)]
    [InlineData("http://host:80/", "ws://host/ws", null)]
    [InlineData("host:99", "ws://host:99/ws", null)]
    [InlineData("host", "ws://host:8080/ws", null)]
    [InlineData(":99", "ws://127.0.0.1:99/ws", null)]
    [InlineData("8080", "ws://127.0.0.1:8080/ws", null)]
    [InlineData("[::1]:99", "ws://[::1]:99/ws", null)]
    [InlineData("[::1]", "ws://[::1]:8080/ws", null)]
    [InlineData("unix:/run/x.sock", "ws://localhost/ws", "/run/x.sock")]
    [InlineData("/run/x.sock", "ws://localhost/ws", "/run/x.sock")]
    [InlineData("./x.sock", "ws://localhost/ws", "./x.sock")]
    public void Endpoints_are_read_as_people_write_them(string text, string uri, string? socket)
    {
        OverseerEndpoint endpoint = OverseerEndpoint.Parse(text);

        Assert.Equal(new Uri(uri), endpoint.Uri);
        Assert.Equal(socket, endpoint.SocketPath);
    }

    [Theory]
    [InlineData("")]
    [InlineData("unix:")]
    [InlineData("ftp://host")]
    [InlineData("host/path")]
    [InlineData("host:port")]
    [InlineData("ws://")]
    public void Anything_else_is_refused(string text) => Assert.Throws<FormatException>(() => OverseerEndpoint.Parse(text));
}
