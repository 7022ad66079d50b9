using System.Net;
using System.Text.Json;
using Overseer.Protocols.V2;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Acceptance;

/// <summary>The documents about the protocol: what they hold, and who gets them.</summary>
public sealed class DocumentsTests : IAsyncLifetime
{
    private const string Configuration = """
        actions:
          greet:
            type: exec
            meta: {description: Says hello.}
            config:
              entrypoint: echo
              command: ["[[.greeting]]", "[[.name]]"]
              parameters:
                greeting: hello
                name:
                token: {default: hunter2, secret: true}

        """;

    private readonly HttpClient _http = new() { Timeout = WireClient.Deadline };
    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync(Configuration);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("/ws/manifest")]
    [InlineData("/openapi.json")]
    public async Task A_document_is_json_that_no_cache_keeps(string path)
    {
        using var answer = await _http.GetAsync(Address(path));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(("application/json", "no-store"), (answer.Content.Headers.ContentType?.ToString(), answer.Headers.CacheControl?.ToString()));
        using var document = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync());
        Assert.Equal(JsonValueKind.Object, document.RootElement.ValueKind);
        Assert.DoesNotContain("hunter2", document.RootElement.GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/ws/manifest")]
    [InlineData("/openapi.json")]
    public async Task Its_head_alone_says_how_long_it_is(string path)
    {
        var body = await _http.GetByteArrayAsync(Address(path));
        using var request = new HttpRequestMessage(HttpMethod.Head, Address(path));
        using var answer = await _http.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal((body.Length, "application/json"), (answer.Content.Headers.ContentLength, answer.Content.Headers.ContentType?.ToString()));
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("/ws/manifest", "POST")]
    [InlineData("/openapi.json", "PUT")]
    [InlineData("/openapi.json", "DELETE")]
    public async Task It_can_only_be_read(string path, string method)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), Address(path));
        using var answer = await _http.SendAsync(request);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        Assert.Equal(["GET", "HEAD"], answer.Content.Headers.Allow);
    }

    [Fact]
    public async Task The_manifest_is_the_same_byte_for_byte_both_ways()
    {
        await using var client = await _server.ConnectAsync();
        await client.SendAsync("""{"type":"manifest","id":"1"}""");
        var answer = await client.ReadAsync();

        Assert.Equal(("manifest", "1"), (answer.Type, answer.Id));
        Assert.Equal(await _http.GetStringAsync(Address("/ws/manifest")), answer.Json.GetProperty("manifest").GetRawText());
    }

    [Fact]
    public async Task The_manifest_shows_the_actions_as_describe_does()
    {
        await using var client = await _server.ConnectAsync();
        var shown = (await client.AskAsync("describe")).Json.GetProperty("actions");
        using var manifest = JsonDocument.Parse(await _http.GetByteArrayAsync(Address("/ws/manifest")));

        Assert.Equal("greet", shown[0].GetProperty("name").GetString());
        Assert.Equal(shown.GetRawText(), manifest.RootElement.GetProperty("actions").GetRawText());
        Assert.Matches(@"^\d+\.\d+\.\d+$", manifest.RootElement.GetProperty("version").GetString());
    }

    [Fact]
    public async Task A_form_filled_in_from_swagger_starts_a_task()
    {
        using var document = JsonDocument.Parse(await _http.GetByteArrayAsync(Address("/openapi.json")));
        var command = document.RootElement.GetProperty("paths").GetProperty("/ws").GetProperty("ws").GetProperty("commands").EnumerateArray()
            .Single(one => one.GetProperty("operationId").GetString() == "start-greet");
        var message = new System.Text.Json.Nodes.JsonObject { ["id"] = "1" };
        var parameters = new System.Text.Json.Nodes.JsonObject();
        foreach (var field in command.GetProperty("parameters").EnumerateArray())
        {
            var target = field.TryGetProperty("hidden", out _) ? message : parameters;
            if (field.TryGetProperty("default", out var value))
            {
                target[field.GetProperty("name").GetString()!] = value.GetString();
            }
        }

        parameters["name"] = "you";
        message[command.GetProperty("params_key").GetString()!] = parameters;
        await using var client = await _server.ConnectAsync();
        await client.SendAsync(message.ToJsonString());

        Assert.Equal("hello you", (await client.ExpectAsync("a line", one => one.Type == "output")).Data);
    }

    [Fact]
    public async Task Every_request_that_the_manifest_requires_nothing_of_is_answered_as_it_says()
    {
        using var document = JsonDocument.Parse(await _http.GetByteArrayAsync(Address("/ws/manifest")));
        await using var client = await _server.ConnectAsync();
        foreach (var operation in document.RootElement.GetProperty("operations").EnumerateObject())
        {
            var send = operation.Value.GetProperty("send").GetString()!;
            var answer = await client.AskAsync(send);
            var direct = operation.Value.GetProperty("responses").GetProperty("direct");
            string?[] possible = [.. direct.GetProperty("success").EnumerateArray().Concat(direct.GetProperty("error").EnumerateArray()).Select(one => one.GetString())];
            Assert.True(possible.Contains(answer.Type), $"{send} was answered by {answer}");
            Assert.NotNull(ServerMessageReader.Read(System.Text.Encoding.UTF8.GetBytes(answer.Json.GetRawText())).Message);
        }
    }

    [Theory]
    [InlineData("/ws/manifest")]
    [InlineData("/openapi.json")]
    public async Task Pages_from_elsewhere_and_rebound_names_do_not_get_it(string path)
    {
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(path, ("Origin", "https://evil.example")));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(path, ("Host", $"evil.example:{_server.Port}"), ("Sec-Fetch-Site", "same-origin")));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(path, ("Origin", $"http://127.0.0.1:{_server.Port}")));
    }

    [Theory]
    [InlineData("/ws/manifest")]
    [InlineData("/openapi.json")]
    public async Task Peers_outside_the_trusted_networks_do_not_get_it(string path)
    {
        await using var closed = await RunningServer.StartAsync("trusted_cidrs: [10.99.0.0/16]");
        using var answer = await _http.GetAsync($"http://{closed.EndPoint}{path}");

        Assert.Equal((HttpStatusCode.Forbidden, "forbidden"), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
    }

    private string Address(string path) => $"http://{_server.EndPoint}{path}";

    private async Task<HttpStatusCode> StatusAsync(string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Address(path));
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        using var answer = await _http.SendAsync(request);
        return answer.StatusCode;
    }
}
