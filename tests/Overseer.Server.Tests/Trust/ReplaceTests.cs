using System.Net.WebSockets;
using Overseer.Server.Proxies;
using Overseer.Server.Tests.Harness;
using Overseer.Server.Trust;

namespace Overseer.Server.Tests.Trust;

/// <summary>Other rules while connections are open: who would not come in any more, or with less, has to leave at once.</summary>
public sealed class ReplaceTests : IAsyncLifetime
{
    private const string Token = "token-token-token-token";
    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("the token is not valid any more", "none", null)]
    [InlineData("the token allows less now; connect again", "read", null)]
    [InlineData("the token allows less now; connect again", "operate", "sh")]
    public async Task A_token_that_is_gone_or_narrower_closes_its_connections(string reason, string scope, string? action)
    {
        _server.Server.Replace(Rules(Grants(Scope.Operate)));
        await using var client = await ConnectAsync();
        await client.StartShellAsync("t", "exec sleep 1000");
        await using var owner = await _server.ConnectUnixAsync();

        _server.Server.Replace(Rules(ScopeWord.Parse(scope) is { } left ? Grants(left, action) : [new AccessToken("other", TokenHash.Of("x"), Grant.Everything)]));

        Assert.Equal((WebSocketCloseStatus.PolicyViolation, reason), await ClosedAsync(client));
        Assert.Single(await owner.ListAsync(("state", "active")));
    }

    [Fact]
    public async Task A_token_that_is_the_same_or_wider_keeps_them()
    {
        _server.Server.Replace(Rules(Grants(Scope.Operate, "sh")));
        await using var client = await ConnectAsync();

        _server.Server.Replace(Rules(Grants(Scope.Operate, "sh")));
        _server.Server.Replace(Rules(Grants(Scope.Admin)));

        Assert.Empty(await client.ListAsync());
    }

    [Fact]
    public async Task Who_needed_no_token_needs_one_now()
    {
        await using var client = await _server.ConnectAsync();
        await using var owner = await _server.ConnectUnixAsync();

        _server.Server.Replace(Rules(Grants(Scope.Operate)));

        Assert.Equal((WebSocketCloseStatus.PolicyViolation, "a token is needed now"), await ClosedAsync(client));
        Assert.Empty(await owner.ListAsync());
        Assert.Equal(401, (await Knock.AtAsync(_server.EndPoint, "/ws")).Status);
    }

    [Fact]
    public async Task A_network_or_a_page_that_is_not_trusted_any_more_has_to_leave()
    {
        _server.Server.Replace(Rules([], origin: "https://console.example"));
        await using var page = await WireClient.ConnectAsync(_server.EndPoint, ("Origin", "https://console.example"));
        await using var program = await _server.ConnectAsync();

        _server.Server.Replace(Rules([]));
        Assert.Equal((WebSocketCloseStatus.PolicyViolation, "not allowed any more"), await ClosedAsync(page));
        Assert.Empty(await program.ListAsync());

        _server.Server.Replace(Rules([], network: "10.99.0.0/16"));
        Assert.Equal((WebSocketCloseStatus.PolicyViolation, "not allowed any more"), await ClosedAsync(program));
    }

    private static AccessToken[] Grants(Scope scope, string? action = null) =>
        [new AccessToken("ci", TokenHash.Of(Token), new Grant { Scope = scope, Actions = action is null ? null : new HashSet<string> { action } })];

    private static AccessRules Rules(IReadOnlyList<AccessToken> tokens, string? origin = null, string network = "127.0.0.0/8") => new()
    {
        Peers = PeerFilter.Create([CidrBlock.Parse(network)!]),
        Origins = new OriginPolicy(origin is null ? [] : [WebOrigin.Parse(origin)!], []),
        Proxies = TrustedProxies.None,
        Tokens = new TokenSet(tokens),
    };

    private static async Task<(WebSocketCloseStatus?, string?)> ClosedAsync(WireClient client)
    {
        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        await Assert.ThrowsAsync<WebSocketException>(async () =>
        {
            while (true)
            {
                await client.ReadBytesAsync(deadline.Token);
            }
        });
        return (client.Socket.CloseStatus, client.Socket.CloseStatusDescription);
    }

    private Task<WireClient> ConnectAsync() => WireClient.ConnectAsync(_server.EndPoint, ("Authorization", "Bearer " + Token));
}
