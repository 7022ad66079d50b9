using System.Text.Json.Nodes;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Acceptance;

/// <summary>The errors whose words programs compare. Those of messages that cannot be read are in the golden files.</summary>
public sealed class ExactTextsTests : IAsyncLifetime
{
    private const string Configuration = """
        actions:
          build:
            type: exec
            dedupe_key: [target]
            config:
              entrypoint: sleep
              command: ["[[.seconds]]"]
              parameters: {target: , seconds: {default: "30", validate: "value.matches('^[0-9]+$')"}}
          single:
            type: exec
            task_pool: {size: 1, queue_size: 1}
            config: {entrypoint: sleep, command: ["30"]}
          alone:
            type: exec
            task_pool: {size: 1}
            config: {entrypoint: sleep, command: ["30"]}

        """;

    private RunningServer _server = null!;
    private WireClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync(Configuration);
        _client = await _server.ConnectAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("start")]
    [InlineData("describe")]
    [InlineData("pool_info")]
    [InlineData("set_pool")]
    [InlineData("purge")]
    [InlineData("metrics")]
    public async Task An_action_that_is_not_there(string type)
    {
        await AssertRefusedAsync("unknown action: \"x\"", type, ("action", "x"));

        await using var empty = await RunningServer.StartAsync("{}");
        await using var client = await empty.ConnectAsync();
        var answer = await client.AskAsync(type, ("action", "x"));
        Assert.Equal(("error", "no actions configured"), (answer.Type, answer.Message));
    }

    [Theory]
    [InlineData("stop")]
    [InlineData("reset")]
    [InlineData("replay")]
    [InlineData("metrics")]
    [InlineData("input")]
    public async Task A_task_that_is_not_there(string type) => await AssertRefusedAsync("task not found", type, ("task_id", "t"), ("data", "x"));

    [Fact]
    public async Task Parameters_that_are_missing_or_not_valid()
    {
        await AssertRefusedAsync("validation error: exec: required parameter \"target\" is missing", "start", ("action", "build"));
        await AssertRefusedAsync(
            "validation error: exec: parameter \"seconds\" failed validation (value: \"soon\")",
            "start",
            ("action", "build"),
            ("params", new JsonObject { ["target"] = "a", ["seconds"] = "soon" }));
    }

    [Fact]
    public async Task A_task_that_runs_already()
    {
        await StartAsync("build", "first", ("params", new JsonObject { ["target"] = "a" }));

        await AssertRefusedAsync("task already running or starting", "start", ("action", "build"), ("task_id", "first"), ("params", new JsonObject { ["target"] = "b" }));
        var twin = await AssertRefusedAsync("duplicate task: already running as first", "start", ("action", "build"), ("params", new JsonObject { ["target"] = "a", ["seconds"] = "1" }));
        Assert.Equal("first", twin.Text("existing_task_id"));
        await AssertRefusedAsync("task is not in errored state", "reset", ("task_id", "first"));
    }

    [Fact]
    public async Task A_pool_that_is_full()
    {
        const string Full = "pool rejected task: pool: task rejected — limit reached and queue is full";
        await StartAsync("single", "runs");
        Assert.Equal("queued", (await _client.AskAsync("start", ("action", "single"), ("task_id", "waits"))).Type);
        await AssertRefusedAsync(Full, "start", ("action", "single"), ("task_id", "late"));

        await StartAsync("alone", "one");
        await AssertRefusedAsync(Full, "start", ("action", "alone"));
    }

    private async Task StartAsync(string action, string taskId, params (string Name, JsonNode? Value)[] fields)
    {
        var answer = await _client.AskAsync("start", [("action", action), ("task_id", taskId), .. fields]);
        Assert.True(answer.Type == "started", $"{answer}");
    }

    private async Task<WireMessage> AssertRefusedAsync(string text, string type, params (string Name, JsonNode? Value)[] fields)
    {
        var answer = await _client.AskAsync(type, fields);
        Assert.Equal(("error", text), (answer.Type, answer.Message));
        return answer;
    }
}
