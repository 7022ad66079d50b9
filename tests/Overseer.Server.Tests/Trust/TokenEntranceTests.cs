using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Trust;

/// <summary>Who comes in where tokens are asked for, and how a token is shown.</summary>
public sealed class TokenEntranceTests : IAsyncLifetime
{
    private const string Admin = "admin-admin-admin-admin";
    private const string Reader = "reader-reader-reader";
    private const string Deployer = "deploy~+/deploy=deploy";
    private const string Wrong = "wrong-wrong-wrong-wrong";
    private const string Yaml = $$$"""
        tokens:
          - {name: boss, token: {{{Admin}}}, scopes: admin}
          - {name: web, token: {{{Reader}}}, scopes: read}
          - {name: ci, token: "{{{Deployer}}}", scopes: operate, actions: [deploy]}
        allowed_origins: ["https://console.example"]
        actions:
          deploy: {type: exec, config: {entrypoint: "true"}}
          hidden: {type: exec, config: {entrypoint: "true"}}
        """;

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync(Yaml);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("/ws")]
    [InlineData("/ws/manifest")]
    [InlineData("/openapi.json")]
    [InlineData("/metrics")]
    [InlineData("/nothing")]
    public async Task Without_a_token_nothing_is_to_be_had(string path)
    {
        var knock = await AtAsync(path);

        Assert.Equal((401, true), (knock.Status, knock.Body.StartsWith("unauthorized: a token is needed", StringComparison.Ordinal)));
        Assert.Contains("WWW-Authenticate: Bearer realm=\"overseer\"\n", knock.Headers.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_token_health_is_said_in_one_word()
    {
        Assert.Equal("""{"status":"ok"}""", (await AtAsync("/healthz")).Body);
        Assert.Equal("""{"status":"ok"}""", (await AtAsync("/healthz", Bearer(Deployer))).Body);
        Assert.Equal("""{"status":"ok","tasks":0,"connections":0}""", (await AtAsync("/healthz", Bearer(Reader))).Body);
    }

    [Theory]
    [InlineData("/ws")]
    [InlineData("/ws/manifest")]
    [InlineData("/metrics")]
    [InlineData("/healthz")]
    public async Task A_wrong_token_is_refused_wherever_and_however_it_is_shown(string path)
    {
        Knock[] knocks =
        [
            await AtAsync(path, Bearer(Wrong)), await AtAsync(path, Bearer("")), await AtAsync(path, Bearer(Admin + " x")),
            await AtAsync(path + "?token=" + Wrong), await AtAsync(path + "?token="), await AtAsync(path, ("Sec-WebSocket-Protocol", "overseer.token." + Wrong)),
            await AtAsync(path, ("Sec-WebSocket-Protocol", "overseer.token64.%%%")), await AtAsync(path + "?token=" + Wrong, Bearer(Admin)), await AtAsync(path + "?token=" + Reader, Bearer(Admin)),
            await Knock.AtAsync(Unix, path, Bearer(Wrong)),
        ];

        Assert.All(knocks, knock => Assert.Equal((401, "unauthorized: the token is not valid"), (knock.Status, knock.Body)));
        Assert.All(knocks, knock => Assert.Contains("error=\"invalid_token\"", knock.Headers, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_token_comes_by_header_by_subprotocol_or_by_query()
    {
        (string Path, (string, string)[] Headers)[] ways =
        [
            ("/ws", [Bearer(Admin)]), ("/ws", [("Authorization", "bearer " + Admin)]), ("/ws?token=" + Admin, []), ("/ws?token=" + Admin, [Bearer(Admin)]),
            ("/ws", [("Sec-WebSocket-Protocol", $"overseer.v2, overseer.token.{Admin}")]),
            ("/ws", [("Sec-WebSocket-Protocol", $"overseer.token64.{Base64Url(Deployer)}, overseer.v2")]),
            ("/ws?token=" + Uri.EscapeDataString(Deployer), []), ("/ws", [Bearer(Deployer)]),
        ];

        foreach (var (path, headers) in ways)
        {
            var knock = await AtAsync(path, headers);
            Assert.True(knock.Status == 101, $"{path} {string.Join(' ', headers)}: {knock.Status} {knock.Body}");
            Assert.DoesNotContain("token", knock.Headers, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_subprotocol_beside_the_token_is_chosen() =>
        Assert.Contains("Sec-WebSocket-Protocol: overseer.v2", (await AtAsync("/ws", ("Sec-WebSocket-Protocol", $"overseer.token.{Admin}, overseer.v2"))).Headers, StringComparison.Ordinal);

    [Fact]
    public async Task Other_schemes_of_authorization_are_no_token() => Assert.Equal(101, (await AtAsync("/ws?token=" + Admin, ("Authorization", "Basic eDp5"))).Status);

    [Fact]
    public async Task The_servers_own_user_needs_none_on_the_UNIX_socket()
    {
        await using var client = await _server.ConnectUnixAsync();

        Assert.Equal("pool_info", (await client.AskAsync("set_pool", ("size", 3))).Type);
        Assert.Equal(200, (await Knock.AtAsync(Unix, "/metrics")).Status);
    }

    [Fact]
    public async Task Behind_a_proxy_nobody_is_the_servers_own_user() => Assert.Equal(401, (await Knock.AtAsync(Unix, "/metrics", ("X-Forwarded-For", "203.0.113.7"))).Status);

    [Theory]
    [InlineData("https://evil.example", null, 403)]
    [InlineData("https://evil.example", Wrong, 401)]
    [InlineData("https://evil.example", Reader, 101)]
    [InlineData("null", Reader, 101)]
    [InlineData("https://console.example", null, 401)]
    [InlineData("https://console.example", Reader, 101)]
    public async Task A_valid_token_stands_in_for_the_origin(string origin, string? token, int expected) =>
        Assert.Equal(expected, (await AtAsync("/ws", [("Origin", origin), .. token is null ? [] : new[] { Bearer(token) }])).Status);

    [Fact]
    public async Task A_valid_token_does_not_stand_in_for_the_host() =>
        Assert.Equal((403, "forbidden"), await AtAsync("/ws", Bearer(Admin), ("Origin", "http://rebound.example"), ("Host", "rebound.example")) is var knock ? (knock.Status, knock.Body) : default);

    [Fact]
    public async Task Trusted_networks_come_first()
    {
        await using var closed = await RunningServer.StartAsync($"{{trusted_cidrs: [10.99.0.0/16], tokens: [{{name: boss, token: {Admin}, scopes: admin}}]}}");
        Knock[] knocks = [await Knock.AtAsync(closed.EndPoint, "/ws", Bearer(Admin)), await Knock.AtAsync(closed.EndPoint, "/ws", Bearer(Wrong)), await Knock.AtAsync(closed.EndPoint, "/ws")];

        Assert.All(knocks, knock => Assert.Equal((403, "forbidden"), (knock.Status, knock.Body)));
    }

    [Fact]
    public async Task Without_configured_tokens_none_is_looked_at()
    {
        await using var open = await RunningServer.StartAsync();

        Assert.Equal(101, (await Knock.AtAsync(open.EndPoint, "/ws", Bearer(Wrong))).Status);
        Assert.Equal(403, (await Knock.AtAsync(open.EndPoint, "/ws", Bearer(Wrong), ("Origin", "https://evil.example"))).Status);
    }

    [Fact]
    public async Task A_limited_token_sees_its_actions_in_the_documents_and_no_page_about_all_tasks()
    {
        Assert.Equal(403, (await AtAsync("/metrics", Bearer(Deployer))).Status);
        Assert.Equal(200, (await AtAsync("/metrics", Bearer(Reader))).Status);
        Assert.Equal(["deploy"], Actions((await AtAsync("/ws/manifest", Bearer(Deployer))).Body));
        Assert.Equal(["deploy", "hidden"], Actions((await AtAsync("/ws/manifest", Bearer(Reader))).Body));
        Assert.DoesNotContain("start-hidden", (await AtAsync("/openapi.json", Bearer(Deployer))).Body, StringComparison.Ordinal);
        Assert.Contains("start-hidden", (await AtAsync("/openapi.json", Bearer(Reader))).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_may_ask_beforehand_without_a_token()
    {
        var (status, connection) = await RawConnection.RequestAsync(
            _server.EndPoint,
            $"OPTIONS /ws/manifest HTTP/1.1\r\nHost: {_server.EndPoint}\r\nOrigin: https://console.example\r\nAccess-Control-Request-Method: GET\r\nAccess-Control-Request-Headers: authorization\r\nConnection: close\r\n\r\n");

        await using (connection)
        {
            Assert.Equal(204, status);
        }
    }

    private static (string Name, string Value) Bearer(string token) => ("Authorization", "Bearer " + token);

    private static string[] Actions(string manifest)
    {
        using var document = JsonDocument.Parse(manifest);
        return [.. document.RootElement.GetProperty("actions").EnumerateArray().Select(action => action.GetProperty("name").GetString()!)];
    }

    private static string Base64Url(string text) => System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private UnixDomainSocketEndPoint Unix => new(_server.Places.ServerSocket);

    private Task<Knock> AtAsync(string path, params (string Name, string Value)[] headers) => Knock.AtAsync(_server.EndPoint, path, headers);
}
