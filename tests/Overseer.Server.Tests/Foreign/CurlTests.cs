using System.Text.Json;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Foreign;

/// <summary>What <c>curl</c> gets over HTTP.</summary>
public sealed class CurlTests : IAsyncLifetime
{
    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Health_is_short_json() =>
        Assert.Equal(new Answer(200, "application/json", """{"status":"ok","tasks":0,"connections":0}"""), await GetAsync("/healthz"));

    [Fact]
    public async Task Metrics_are_a_page_for_prometheus_that_counts_what_ran()
    {
        await using (var client = await _server.ConnectAsync())
        {
            await client.StartShellAsync("t", "echo line");
            await client.ExpectAsync("exited", "t");
        }

        var answer = await GetAsync("/metrics");

        Assert.Equal((200, true), (answer.Status, answer.ContentType.StartsWith("text/plain; version=0.0.4", StringComparison.Ordinal)));
        var lines = answer.Body.Split('\n');
        Assert.Contains("overseer_task_starts_total{action=\"sh\"} 1", lines);
        Assert.Contains("overseer_task_exits_total{action=\"sh\",code=\"0\"} 1", lines);
        Assert.Contains("# TYPE overseer_queue_wait_seconds histogram", lines);
    }

    /// <remarks>What the examples of the protocol's first documentation ask for with curl and jq.</remarks>
    [Fact]
    public async Task The_manifest_names_operations_the_fields_of_start_and_the_actions()
    {
        var answer = await GetAsync("/ws/manifest");

        Assert.Equal((200, "application/json"), (answer.Status, answer.ContentType));
        using var document = JsonDocument.Parse(answer.Body);
        var manifest = document.RootElement;
        string[] operations =
        [
            "start_task", "stop_task", "reset_task", "list_tasks", "replay_task", "describe_actions", "get_pool_info", "purge_queue", "set_pool_limits",
            "subscribe_task", "unsubscribe_task", "get_metrics", "get_manifest",
        ];
        Assert.Empty(operations.Except(manifest.GetProperty("operations").EnumerateObject().Select(one => one.Name)));
        var fields = manifest.GetProperty("messages").GetProperty("start").GetProperty("fields").EnumerateObject().Select(one => one.Name);
        Assert.Empty(new[] { "id", "action", "task_id", "params", "retry_policy", "force" }.Except(fields));
        Assert.Equal("sh", Assert.Single(manifest.GetProperty("actions").EnumerateArray()).GetProperty("name").GetString());
    }

    [Fact]
    public async Task The_openapi_document_has_a_command_for_each_message_and_each_action()
    {
        var answer = await GetAsync("/openapi.json");

        Assert.Equal((200, "application/json"), (answer.Status, answer.ContentType));
        using var document = JsonDocument.Parse(answer.Body);
        Assert.Equal("2.0", document.RootElement.GetProperty("swagger").GetString());
        var commands = document.RootElement.GetProperty("paths").GetProperty("/ws").GetProperty("ws").GetProperty("commands");
        string[] expected = ["ws-start", "ws-stop", "ws-list", "ws-replay", "ws-subscribe", "ws-describe", "ws-metrics", "ws-manifest", "start-sh"];
        Assert.Empty(expected.Except(commands.EnumerateArray().Select(one => one.GetProperty("operationId").GetString()!)));
    }

    [Fact]
    public async Task The_address_of_the_websocket_wants_a_websocket()
    {
        var answer = await GetAsync("/ws");

        Assert.Equal((400, "this address speaks WebSocket; connect with a WebSocket client"), (answer.Status, answer.Body));
    }

    /// <remarks>DNS rebinding: the name of a foreign page was made to point here, so page and host agree.</remarks>
    [Theory]
    [InlineData("/healthz")]
    [InlineData("/metrics")]
    [InlineData("/ws/manifest")]
    [InlineData("/openapi.json")]
    [InlineData("/ws")]
    public async Task A_foreign_name_that_points_here_is_refused_to_a_page(string path)
    {
        string[] rebound = ["--resolve", $"evil.example:{_server.Port}:127.0.0.1"];
        var address = $"http://evil.example:{_server.Port}{path}";

        var answer = await CurlAsync([.. rebound, "-H", $"Origin: http://evil.example:{_server.Port}", address]);

        Assert.Equal((403, "forbidden"), (answer.Status, answer.Body));
        // Without a page behind it, the name alone does no harm.
        Assert.NotEqual(403, (await CurlAsync([.. rebound, address])).Status);
    }

    [Fact]
    public async Task The_unix_socket_answers_too() =>
        Assert.Equal(200, (await CurlAsync("--unix-socket", _server.Places.ServerSocket, "http://localhost/healthz")).Status);

    private Task<Answer> GetAsync(string path) => CurlAsync($"http://127.0.0.1:{_server.Port}{path}");

    /// <summary>Neither the settings of whoever runs the tests nor his proxy have a say.</summary>
    private static async Task<Answer> CurlAsync(params string[] arguments)
    {
        var (code, output, error) = await ForeignProgram.RunAsync(
            "curl", ["-q", "--noproxy", "*", "--silent", "--show-error", "--max-time", "30", "--write-out", "\n%{http_code} %{content_type}", .. arguments]);
        Assert.Equal((0, ""), (code, error));
        var end = output.LastIndexOf('\n');
        var line = output[(end + 1)..].Split(' ', 2);
        return new Answer(int.Parse(line[0], System.Globalization.CultureInfo.InvariantCulture), line[1], output[..end]);
    }

    private sealed record Answer(int Status, string ContentType, string Body);
}
