using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Browser;

/// <summary>What a real browser lets pages do with a server, and what the server does about it.</summary>
public sealed class BrowserTests(ChromiumBrowser browser) : IClassFixture<ChromiumBrowser>, IAsyncLifetime
{
    private const string Token = "0123456789abcdef0123456789abcdef";
    private const string Start = """{"type":"start","id":"1","action":"sh","task_id":"t","params":{"script":"exit 0"}}""";
    private readonly PageServer _pages = new();
    private RunningServer _server = null!;

    private string Console => _pages.Origin("console.example");

    private string Http => $"http://127.0.0.1:{_server.Port}";

    private string WebSocket => $"ws://127.0.0.1:{_server.Port}/ws";

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync($"allowed_origins: [\"{Console}\"]\n" + RunningServer.Shell);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _pages.DisposeAsync();
    }

    [Theory]
    [InlineData("evil.localhost")]
    [InlineData("evil.example")]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public async Task A_page_from_another_origin_can_neither_connect_nor_read_nor_start_anything(string host)
    {
        await using var page = await browser.OpenAsync(_pages.Origin(host));

        Assert.Equal("closed 1006", await page.ConverseAsync(WebSocket, Start));
        Assert.Equal("closed 1006", await page.ConverseAsync($"ws://localhost:{_server.Port}/ws", Start));
        Assert.Equal("closed 1006", await page.ConverseAsync(WebSocket, Start, "overseer.v2"));
        foreach (var path in new[] { "/openapi.json", "/metrics", "/ws/manifest", "/healthz", "/ws" })
        {
            Assert.Equal((path, "failed TypeError"), (path, await page.FetchAsync(Http + path)));
            Assert.Equal((path, "opaque 0 "), (path, await page.FetchAsync(Http + path, """{"mode":"no-cors"}""")));
            Assert.Equal((path, "opaque 0 "), (path, await page.FetchAsync(Http + path, $"{{mode: 'no-cors', method: 'POST', body: '{Start}'}}")));
        }

        await using var client = await _server.ConnectAsync();
        Assert.Empty(await client.ListAsync());
    }

    [Fact]
    public async Task A_page_from_an_allowed_origin_can()
    {
        await using var page = await browser.OpenAsync(Console);

        Assert.Contains("\"type\":\"started\"", await page.ConverseAsync(WebSocket, Start), StringComparison.Ordinal);
        Assert.Contains("\"type\":\"tasks\"", await page.ConverseAsync(WebSocket, protocols: "overseer.v2"), StringComparison.Ordinal);
        Assert.StartsWith("cors 200 {", await page.FetchAsync(Http + "/openapi.json"), StringComparison.Ordinal);
        Assert.StartsWith("cors 200 #", await page.FetchAsync(Http + "/metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_of_the_server_itself_can_too()
    {
        await using var page = await browser.OpenAsync(Http + "/healthz");

        Assert.Contains("\"type\":\"tasks\"", await page.ConverseAsync(WebSocket), StringComparison.Ordinal);
        Assert.StartsWith("basic 200 {", await page.FetchAsync("/openapi.json"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_tokens_a_page_needs_one()
    {
        await using var server = await RunningServer.StartAsync($"allowed_origins: [\"{Console}\"]\n" + "tokens: [{name: page, token: " + Token + ", scopes: operate}]\n" + RunningServer.Shell);
        var (http, socket) = ($"http://127.0.0.1:{server.Port}", $"ws://127.0.0.1:{server.Port}/ws");
        await using var page = await browser.OpenAsync(Console);

        Assert.Equal("closed 1006", await page.ConverseAsync(socket));
        Assert.Equal("closed 1006", await page.ConverseAsync(socket, protocols: ["overseer.v2", "overseer.token.wrongwrongwrongwrong"]));
        Assert.StartsWith("cors 401 ", await page.FetchAsync(http + "/openapi.json"), StringComparison.Ordinal);

        Assert.Contains("\"type\":\"started\"", await page.ConverseAsync(socket, Start, "overseer.v2", "overseer.token." + Token), StringComparison.Ordinal);
        Assert.Contains("\"type\":\"tasks\"", await page.ConverseAsync(socket + "?token=" + Token), StringComparison.Ordinal);
        Assert.StartsWith("cors 200 {", await page.FetchAsync(http + "/openapi.json", $$$"""{"headers":{"Authorization":"Bearer {{{Token}}}"}}"""), StringComparison.Ordinal);

        // A page that is not allowed has no token, and cannot try any by fetch: it is not told whether it may.
        await using var evil = await browser.OpenAsync(_pages.Origin("evil.example"));
        Assert.Equal("closed 1006", await evil.ConverseAsync(socket));
        Assert.Equal("failed TypeError", await evil.FetchAsync(http + "/openapi.json", $$$"""{"headers":{"Authorization":"Bearer {{{Token}}}"}}"""));
    }

    [Fact]
    public async Task A_name_that_is_made_to_point_here_gets_nothing()
    {
        await using var page = await browser.OpenAsync(_pages.Origin("rebound.example"));
        _pages.Rebind(_server.EndPoint);

        Assert.Equal("closed 1006", await page.ConverseAsync($"ws://rebound.example:{_pages.Port}/ws", Start));
        foreach (var path in new[] { "/openapi.json", "/metrics", "/ws/manifest", "/healthz" })
        {
            Assert.Equal((path, "basic 403 forbidden"), (path, await page.FetchAsync(path)));
            Assert.Equal((path, "basic 403 forbidden"), (path, await page.FetchAsync(path, """{"referrerPolicy":"no-referrer","headers":{"Accept-Language":"","User-Agent":"curl/8"}}""")));
            Assert.Equal((path, 403), (path, await page.GoAsync(_pages.Origin("rebound.example") + path)));
            Assert.Equal("forbidden", await page.TextAsync());
        }

        await using var client = await _server.ConnectAsync();
        Assert.Empty(await client.ListAsync());
    }
}
