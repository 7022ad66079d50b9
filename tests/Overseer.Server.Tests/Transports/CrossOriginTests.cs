using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Transports;

/// <summary>What pages of other origins may read by HTTP.</summary>
public sealed class CrossOriginTests : IAsyncLifetime
{
    private const string Console = "https://console.example";
    private RunningServer _server = null!;

    public static TheoryData<string> Paths => ["/ws/manifest", "/openapi.json", "/metrics", "/healthz"];

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync($"allowed_origins: [\"{Console}\"]\n" + RunningServer.Shell);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task A_page_that_is_allowed_may_read(string path)
    {
        using var answer = await SendAsync(HttpMethod.Get, path, Console);

        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Equal(Console, Assert.Single(answer.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.Contains("Origin", answer.Headers.Vary);
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Credentials"));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task A_page_that_is_allowed_may_ask_first_whether_it_may_send_a_token(string path)
    {
        using var answer = await SendAsync(HttpMethod.Options, path, Console, ("Access-Control-Request-Method", "GET"), ("Access-Control-Request-Headers", "authorization"));

        Assert.Equal(204, (int)answer.StatusCode);
        Assert.Equal(Console, Assert.Single(answer.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.Equal("GET, HEAD", Assert.Single(answer.Headers.GetValues("Access-Control-Allow-Methods")));
        Assert.Equal("Authorization", Assert.Single(answer.Headers.GetValues("Access-Control-Allow-Headers")));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Other_pages_get_nothing(string path)
    {
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Options })
        {
            using var answer = await SendAsync(method, path, "https://evil.example", ("Access-Control-Request-Method", "GET"));

            Assert.Equal(403, (int)answer.StatusCode);
            Assert.Equal("forbidden", await answer.Content.ReadAsStringAsync());
            Assert.DoesNotContain(answer.Headers, header => header.Key.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
        }
    }

    [Fact]
    public async Task Programs_get_no_such_headers_and_caches_are_told_what_it_depends_on()
    {
        using var answer = await SendAsync(HttpMethod.Get, "/openapi.json", null);

        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Contains("Origin", answer.Headers.Vary);
        Assert.DoesNotContain(answer.Headers, header => header.Key.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task With_tokens_the_question_needs_none_and_the_refusal_can_be_read()
    {
        await using var server = await RunningServer.StartAsync($"allowed_origins: [\"{Console}\"]\n" + "tokens: [{name: ci, token: 0123456789abcdef0123456789abcdef, scopes: operate}]\n");
        using var question = await SendAsync(HttpMethod.Options, "/openapi.json", Console, server, ("Access-Control-Request-Method", "GET"));
        Assert.Equal(204, (int)question.StatusCode);

        using var refused = await SendAsync(HttpMethod.Get, "/openapi.json", Console, server);
        Assert.Equal(401, (int)refused.StatusCode);
        Assert.Equal(Console, Assert.Single(refused.Headers.GetValues("Access-Control-Allow-Origin")));

        using var answer = await SendAsync(HttpMethod.Get, "/openapi.json", Console, server, ("Authorization", "Bearer 0123456789abcdef0123456789abcdef"));
        Assert.Equal(200, (int)answer.StatusCode);
    }

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? origin, params (string Name, string Value)[] headers) =>
        SendAsync(method, path, origin, _server, headers);

    private static async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? origin, RunningServer server, params (string Name, string Value)[] headers)
    {
        using var http = new HttpClient { Timeout = WireClient.Deadline };
        using var request = new HttpRequestMessage(method, $"http://{server.EndPoint}{path}");
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        return await http.SendAsync(request);
    }
}
