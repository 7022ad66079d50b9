using Overseer.Metrics.Otlp;
using Overseer.Server.Tests.Faults;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Metrics;

/// <summary>Metrics leave a real server by OTLP when the environment says so, and only then.</summary>
public sealed class OtlpTests
{
    [Theory]
    [InlineData("http/protobuf", "/v1/metrics")]
    [InlineData("grpc", "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export")]
    public async Task Metrics_are_exported_as_the_environment_says(string protocol, string path)
    {
        await using var receiver = await OtlpReceiver.StartAsync(grpc: protocol == "grpc");
        await using var site = new Site();
        await site.StartAsync(
            "env", $"OTEL_EXPORTER_OTLP_ENDPOINT={receiver.Address}", $"OTEL_EXPORTER_OTLP_PROTOCOL={protocol}", "OTEL_METRIC_EXPORT_INTERVAL=200", "OTEL_EXPORTER_OTLP_HEADERS=x-key=secret",
            "OTEL_RESOURCE_ATTRIBUTES=deployment.environment=test");
        await using var client = await site.ConnectAsync();
        await client.StartShellAsync("t", "echo one; echo two; exit 3");
        await client.ExpectAsync("exited", "t");

        var exported = await receiver.NextAsync(exported => exported.Values.GetValueOrDefault("overseer.task.exits{action=sh,code=3}") == 1);

        Assert.Equal((path, "secret"), (exported.Path, exported.Headers["x-key"]));
        Assert.Equal((1, 2, 8), (exported.Values["overseer.task.starts{action=sh}"], exported.Values["overseer.output.lines{action=sh}"], exported.Values["overseer.output.bytes{action=sh}"]));
        Assert.Equal((1, 1), (exported.Values["overseer.tasks{state=stopped}"], exported.Values["overseer.recorder.up"]));
        Assert.True(exported.Values["process.cpu"] > 0);
        Assert.True(exported.Values["overseer.recorder.resident_memory"] > 1_000_000);
        Assert.Contains("dotnet.gc.heap.total_allocated", exported.Values.Keys);
        Assert.Equal(("overseer", "test"), (exported.Resource["service.name"], exported.Resource["deployment.environment"]));
        Assert.True(LoadsOpenTelemetry(site.Server.Id));

        // The end is exported too.
        await client.StartShellAsync("late", "exit 4");
        await client.ExpectAsync("exited", "late");
        var last = receiver.NextAsync(exported => exported.Values.ContainsKey("overseer.task.exits{action=sh,code=4}"));
        site.Server.Signal("TERM");
        Assert.Equal(0, (await site.Server.EndAsync()).Code);
        await last;
    }

    [Fact]
    public async Task Waits_are_exported_and_the_services_name_is_the_environments()
    {
        await using var receiver = await OtlpReceiver.StartAsync(grpc: false);
        await using var site = new Site("task_pool: {limit: 1, queue: {size: 10}}");
        await site.StartAsync(
            "env", "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:9", $"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT={receiver.Address}/elsewhere", "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL=http/protobuf", "OTEL_METRIC_EXPORT_INTERVAL=200", "OTEL_SERVICE_NAME=mine");
        await using var client = await site.ConnectAsync();
        var end = new Fifo(site.PathOf("end"));
        await client.StartShellAsync("first", $"read _ < {end.Path}");
        Assert.Equal("queued", (await client.StartShellAsync("second", "exit 0")).Type);
        await end.OpenAsync();

        var exported = await receiver.NextAsync(exported => exported.Values.GetValueOrDefault("overseer.queue.wait.count{action=sh}") == 1);

        Assert.Equal(("/elsewhere", "mine"), (exported.Path, exported.Resource["service.name"]));
    }

    [Fact]
    public async Task Nothing_of_it_is_loaded_when_nobody_wants_it_and_a_collector_that_is_not_there_is_said()
    {
        await using var site = new Site();
        await site.StartAsync();
        await using (var client = await site.ConnectAsync())
        {
            await client.StartShellAsync("t", "exit 0");
            await client.AskAsync("metrics");
        }

        Assert.False(LoadsOpenTelemetry(site.Server.Id));
        site.Server.Signal("TERM");
        await site.Server.EndAsync();

        await site.StartAsync("env", "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:9", "OTEL_EXPORTER_OTLP_TIMEOUT=500");
        site.Server.Signal("TERM");
        var (code, _, error) = await site.Server.EndAsync();
        Assert.Equal(0, code);
        Assert.Contains("OpenTelemetry says: ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null, null, null, null)]
    [InlineData("http://c:4318", null, null, null, "http://c:4318")]
    [InlineData("http://c:4318", "http://m:1", null, null, "http://m:1")]
    [InlineData(null, "http://m:1", null, null, "http://m:1")]
    [InlineData("http://c:4318", null, "true", null, null)]
    [InlineData("http://c:4318", null, "false", "otlp", "http://c:4318")]
    [InlineData("http://c:4318", null, null, "none", null)]
    [InlineData("", "", null, null, null)]
    public void Who_wants_an_export_says_where_to(string? endpoint, string? metrics, string? disabled, string? exporter, string? expected)
    {
        Assert.Equal(expected, OtlpSettings.Endpoint(
            name => name switch
            {
                "OTEL_EXPORTER_OTLP_ENDPOINT" => endpoint,
                "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT" => metrics,
                "OTEL_SDK_DISABLED" => disabled,
                "OTEL_METRICS_EXPORTER" => exporter,
                _ => null,
            },
            out var problem));
        Assert.Null(problem);
    }

    [Theory]
    [InlineData("collector")]
    [InlineData("collector:4317")]
    [InlineData("unix:/run/otel.sock")]
    public void An_address_that_is_none_is_refused_by_name(string endpoint)
    {
        Assert.Null(OtlpSettings.Endpoint(name => name == "OTEL_EXPORTER_OTLP_ENDPOINT" ? endpoint : null, out var problem));
        Assert.Equal($"OTEL_EXPORTER_OTLP_ENDPOINT is \"{endpoint}\"; an address such as http://127.0.0.1:4318 is wanted", problem);
    }

    private static bool LoadsOpenTelemetry(int pid) => File.ReadAllText($"/proc/{pid}/maps").Contains("OpenTelemetry", StringComparison.Ordinal);
}
