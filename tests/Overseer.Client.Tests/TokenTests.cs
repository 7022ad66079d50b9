namespace Overseer.Client.Tests;

/// <summary>A token is sent with the request to connect, shown nowhere, and a refusal of it is final.</summary>
public sealed class TokenTests
{
    private const string Refusal = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 12\r\n\r\nunauthorized";

    [Fact]
    public async Task A_token_is_sent_as_bearer()
    {
        string? head = null;
        await using var server = new ScriptedServer(async peer =>
        {
            head = await peer.ReadHeadAsync();
            await peer.WriteRawAsync(Refusal);
        });

        await Assert.ThrowsAsync<OverseerUnreachableException>(() => server.ConnectAsync(new OverseerClientOptions { Token = "ovs_abc" }));

        Assert.Contains("\r\nAuthorization: Bearer ovs_abc\r\n", head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_token_nothing_is_sent()
    {
        string? head = null;
        await using var server = new ScriptedServer(async peer =>
        {
            head = await peer.ReadHeadAsync();
            await peer.WriteRawAsync(Refusal);
        });

        var failure = await Assert.ThrowsAsync<OverseerUnreachableException>(() => server.ConnectAsync());

        Assert.DoesNotContain("Authorization", head, StringComparison.Ordinal);
        Assert.Equal(401, failure.Status);
    }

    [Fact]
    public async Task A_client_that_is_refused_when_it_reconnects_does_not_try_again()
    {
        var lost = new TaskCompletionSource();
        await using var server = new ScriptedServer(
            async peer =>
            {
                await peer.AcceptAsync();
                await lost.Task;
            },
            async peer =>
            {
                await peer.ReadHeadAsync();
                await peer.WriteRawAsync(Refusal);
            });
        await using OverseerClient client = await server.ConnectAsync();
        lost.SetResult();

        // What is sent before the loss is noticed is lost as well.
        OverseerException failure;
        do
            failure = await Assert.ThrowsAnyAsync<OverseerException>(() => client.ListAsync(cancellationToken: TestContext.Current.CancellationToken));
        while (failure is OverseerConnectionLostException);

        Assert.Contains("401", failure.Message, StringComparison.Ordinal);
        await server.Played;
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a\r\nX: y")]
    [InlineData("grün")]
    public void What_cannot_be_a_token_is_refused(string token) => Assert.Throws<ArgumentException>(() => new OverseerClientOptions { Token = token });

    [Fact]
    public void A_token_is_not_printed()
    {
        Assert.DoesNotContain("s3cret", new OverseerClientOptions { Token = "s3cret" }.ToString(), StringComparison.Ordinal);
        OverseerEndpoint endpoint = OverseerEndpoint.Parse("ws://host/ws?token=s3cret&x=1");
        Assert.Equal(("ws://host/ws?token=***&x=1", "?token=s3cret&x=1"), (endpoint.Text, endpoint.Uri.Query));
    }
}
