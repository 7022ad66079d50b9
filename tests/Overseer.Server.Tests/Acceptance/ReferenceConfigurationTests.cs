using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Overseer.Configuration;
using Overseer.Core.Pools;
using Overseer.Hosting;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Acceptance;

/// <summary>
/// The configuration of the reference's README, unchanged, and its retry, pool and template settings in all their forms (<c>Reference/</c>)
/// load and do what they say.
/// </summary>
public sealed class ReferenceConfigurationTests : IDisposable
{
    private readonly string _place = Directory.CreateTempSubdirectory("overseer-reference-").FullName;

    public void Dispose() => Directory.Delete(_place, recursive: true);

    [Fact]
    public void The_readmes_file_loads_and_only_its_open_port_is_warned_about()
    {
        var file = Source("config.yaml");
        var check = Check(file);

        Assert.Empty(check.Errors);
        Assert.Equal(
            [$"{file}:1: listen: :8080 can be reached from other machines, and no tokens are asked for: whoever is in trusted_cidrs may start the configured actions"],
            check.Warnings);
        var configuration = check.Configuration!;
        Assert.Equal((":8080", "overseer.db", null), (Assert.Single(configuration.Listen).ToString(), configuration.Database, configuration.EventLog));
        Assert.Empty(configuration.TrustedCidrs);
        Assert.Equal(new PoolOptions { Limit = 10, QueueEnabled = true, QueueSize = 100, QueueMaxAge = TimeSpan.Zero }, configuration.TaskPool);
        Assert.Null(configuration.Retry);
        Assert.Equal("echo", Assert.Single(configuration.Actions).Definition.Name);
    }

    [Theory]
    [InlineData("retry.yaml")]
    [InlineData("pools.yaml")]
    [InlineData("templates.yaml")]
    public void The_other_forms_load_without_a_complaint(string name)
    {
        var check = Check(Source(name));

        Assert.Empty(check.Errors);
        Assert.Empty(check.Warnings);
    }

    [Fact]
    public async Task The_readmes_file_runs_and_echo_says_hello()
    {
        File.Copy(Source("config.yaml"), Path.Combine(_place, "config.yaml"));
        await using var process = Serve([], "--config", "./config.yaml", "--listen", "127.0.0.1:0");
        var port = await process.ReadyAsync();
        await using (var client = await WireClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port)))
        {
            Assert.Equal("hello", await EchoAsync(client, "default"));
            Assert.Equal("", await EchoAsync(client, "empty", ""));
            Assert.Equal("it's $(me); \"you\" & ünï", await EchoAsync(client, "given", "it's $(me); \"you\" & ünï"));

            // No policy, no restart; ten at a time, a hundred of each action wait.
            Assert.Equal(["stopped", "stopped", "stopped"], (await client.ListAsync()).Select(task => task.Text("state")));
            Assert.Equal(10, Pool(await client.AskAsync("pool_info"))["limit"]!.GetValue<int>());
            var action = JsonNode.Parse((await client.AskAsync("describe", ("action", "echo"))).Json.GetProperty("actions")[0].GetRawText())!;
            Assert.Equal("""{"message":{"default":"hello"}}""", action["params"]!.ToJsonString());
            Assert.Equal("{}", action["retry"]!.ToJsonString());
            Assert.Equal((true, 100, 0), (action["task_pool"]!["queue"]!["enabled"]!.GetValue<bool>(), action["task_pool"]!["queue"]!["size"]!.GetValue<int>(), action["task_pool"]!["queue"]!["max_age"]!.GetValue<int>()));

            // As the README writes it.
            await client.SendAsync("""{"type": "manifest", "id": "req-1"}""");
            Assert.Equal("manifest", (await client.ExpectAsync("manifest", message => message.Id == "req-1")).Type);
        }

        process.Signal("TERM");
        Assert.Equal(0, (await process.EndAsync()).Code);
        Assert.True(File.Exists(Path.Combine(_place, "overseer.db")));
    }

    [Fact]
    public async Task The_readmes_variables_win_over_its_file_and_over_the_flag_that_names_it()
    {
        File.Copy(Source("config.yaml"), Path.Combine(_place, "config.yaml"));
        await using var process = Serve(
            ["OVERSEER_CONFIG=./config.yaml", "OVERSEER_LISTEN=127.0.0.1:0", "OVERSEER_DB=other.db", "OVERSEER_LOG_FILE=events.jsonl"], "--config", "./missing.yaml");
        var port = await process.ReadyAsync();
        await using (var client = await WireClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port)))
        {
            Assert.Equal("hello", await EchoAsync(client, "t"));
        }

        process.Signal("TERM");
        Assert.Equal(0, (await process.EndAsync()).Code);
        Assert.Equal((true, false), (File.Exists(Path.Combine(_place, "other.db")), File.Exists(Path.Combine(_place, "overseer.db"))));
        var logged = (await File.ReadAllLinesAsync(Path.Combine(_place, "events.jsonl"))).Select(line => JsonNode.Parse(line)!["type"]!.GetValue<string>());
        Assert.Equal(["started", "output", "exited"], logged);
    }

    [Theory]
    [InlineData("global", 2, 0.020, 0.025)]
    [InlineData("own", 3, 0.030, 0.030)]
    public async Task A_policy_restarts_and_gives_up_as_it_says(string action, int threshold, double shortest, double longest)
    {
        await using var server = await StartAsync("retry.yaml");
        await using var client = await server.ConnectAsync();
        await client.AskAsync("start", ("action", action), ("task_id", "t"));

        var events = await client.UntilAsync("errored", "t");

        Assert.Equal(threshold, events[^1].Number("exit_count"));
        Assert.Equal(threshold, events.Count(one => one.Type == "output"));
        var delays = events.Where(one => one.Type == "restarting").Select(one => one.Text("restart_delay")!).ToList();
        Assert.Equal(threshold - 1, delays.Count);
        Assert.All(delays, delay => Assert.InRange(Seconds(delay), shortest, longest));
    }

    [Fact]
    public async Task The_short_form_of_a_pool_queues_in_order()
    {
        await using var server = await StartAsync("pools.yaml");
        await using var client = await server.ConnectAsync();
        Assert.Equal(["started", "queued", "queued", "error"], await StartAllAsync(client, "short", "a", "b", "c", "d"));

        await client.SendAsync("stop", ("task_id", "a"));

        Assert.Equal("b", (await client.ExpectAsync("the next", one => one.Type == "started")).TaskId);
    }

    [Fact]
    public async Task The_longer_form_of_a_pool_displaces_takes_the_latest_first_and_requeues()
    {
        await using var server = await StartAsync("pools.yaml");
        await using var client = await server.ConnectAsync();
        Assert.Equal(["started", "queued", "queued", "queued"], await StartAllAsync(client, "longer", "a", "b", "c", "d"));
        Assert.Equal(["d", "c"], Waiting(await client.AskAsync("pool_info", ("action", "longer"))));
        await client.SendAsync("stop", ("task_id", "a"));
        Assert.Equal("d", (await client.ExpectAsync("the next", one => one.Type == "started")).TaskId);

        await client.SendAsync("set_pool", ("action", "longer"), ("size", 2));
        await client.ExpectAsync("started", "c");
        await client.SendAsync("set_pool", ("action", "longer"), ("size", 1));

        await client.ExpectAsync("queued", "d");
        Assert.Equal(["d"], Waiting(await client.AskAsync("pool_info", ("action", "longer"))));
    }

    [Fact]
    public async Task A_queue_that_prohibits_it_lets_nobody_be_displaced()
    {
        await using var server = await StartAsync("pools.yaml");
        await using var client = await server.ConnectAsync();
        Assert.Equal(["started", "queued"], await StartAllAsync(client, "strict", "a", "b"));

        var refused = await client.AskAsync("start", ("action", "strict"), ("force", true));

        Assert.Equal("pool rejected task: pool: task rejected — limit reached and queue is full", refused.Message);
    }

    [Fact]
    public async Task Templates_make_arguments_that_stay_apart()
    {
        await using var server = await StartAsync("templates.yaml");
        await using var client = await server.ConnectAsync();
        var parameters = new JsonObject { ["name"] = "Ann of \"Y\"; $(exit)" };
        await client.AskAsync("start", ("action", "say"), ("task_id", "t"), ("params", parameters));

        Assert.Equal(
            ["Ann of \"Y\"; $(exit)", "dashed", "quick", "named", "Ann of \"Y\"; $(exit)-fast", "nothing", "afastb", "3 "],
            (await client.UntilAsync("exited", "t")).Where(one => one.Type == "output").Select(one => one.Data));
    }

    [Theory]
    [InlineData("""{}""", "validation error: exec: required parameter \"name\" is missing")]
    [InlineData("""{"name":"n","mode":"slow"}""", "validation error: exec: parameter \"mode\" failed validation (value: \"slow\")")]
    [InlineData("""{"name":"n","count":"11"}""", "validation error: exec: parameter \"count\" failed validation (value: \"11\")")]
    [InlineData("""{"name":"n","count":"many"}""", "validation error: exec: parameter \"count\" failed validation (value: \"many\")")]
    public async Task Wrong_parameters_are_refused(string parameters, string message)
    {
        await using var server = await StartAsync("templates.yaml");
        await using var client = await server.ConnectAsync();

        var answer = await client.AskAsync("start", ("action", "say"), ("params", JsonNode.Parse(parameters)));

        Assert.StartsWith(message, answer.Message, StringComparison.Ordinal);
        Assert.Empty(await client.ListAsync());
    }

    [Fact]
    public async Task A_second_task_with_the_same_key_is_refused()
    {
        await using var server = await StartAsync("templates.yaml");
        await using var client = await server.ConnectAsync();
        var fifo = new Fifo(server.PathOf("fifo"));
        var program = server.PathOf("program");
        await File.WriteAllTextAsync(program, $"#!/bin/sh\nread _ < {fifo.Path}\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await client.AskAsync("start", ("action", "say"), ("task_id", "t"), ("params", new JsonObject { ["name"] = "same", ["program"] = program }));

        var second = await client.AskAsync("start", ("action", "say"), ("params", new JsonObject { ["name"] = "same" }));

        Assert.Equal(("duplicate task: already running as t", "t"), (second.Message, second.Text("existing_task_id")));
        await fifo.OpenAsync();
        await client.ExpectAsync("exited", "t");
        Assert.Equal("started", (await client.AskAsync("start", ("action", "say"), ("params", new JsonObject { ["name"] = "same" }))).Type);
    }

    [Fact]
    public async Task Conditions_let_through_what_fits_and_number_only_that()
    {
        await using var server = await StartAsync("templates.yaml");
        await using var client = await server.ConnectAsync();
        await client.AskAsync("start", ("action", "filtered"), ("task_id", "t"));

        var output = (await client.UntilAsync("exited", "t")).Where(one => one.Type == "output").ToList();

        Assert.Equal([1L, 2L, 3L], output.Select(one => one.Seq));
        Assert.Equal(["""{"level":"info","n":1}""", """{"level":"info","n":3}"""], output.Where(one => one.Stream == "stdout").Select(one => one.Data));
        Assert.Equal(["warning: w"], output.Where(one => one.Stream == "stderr").Select(one => one.Data));
    }

    private static string Source(string name, [CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "Reference", name);

    /// <summary>A server in a directory of its own, as some paths are relative to where it runs.</summary>
    private ServerProcess Serve(string[] variables, params string[] arguments) => ServerProcess.Begin(
        [
            "env", "-C", _place, .. variables, Path.GetFullPath(ServerProcess.Program), "serve", .. arguments,
            "--state-dir", Path.Combine(_place, "state"), "--runtime-dir", Path.Combine(_place, "run"),
        ]);

    private static Task<RunningServer> StartAsync(string name) => RunningServer.StartAsync(File.ReadAllText(Source(name)));

    private static async Task<string> EchoAsync(WireClient client, string taskId, string? message = null)
    {
        (string, JsonNode?)[] parameters = message is null ? [] : [("params", new JsonObject { ["message"] = message })];
        Assert.Equal("started", (await client.AskAsync("start", [("action", "echo"), ("task_id", taskId), .. parameters])).Type);
        var events = await client.UntilAsync("exited", taskId);
        Assert.Equal(0, events[^1].ExitCode);
        return Assert.Single(events, one => one.Type == "output").Data!;
    }

    private static async Task<List<string>> StartAllAsync(WireClient client, string action, params string[] taskIds)
    {
        var answers = new List<string>();
        foreach (var id in taskIds)
        {
            answers.Add((await client.AskAsync("start", ("action", action), ("task_id", id))).Type);
        }

        return answers;
    }

    private static JsonNode Pool(WireMessage answer) => JsonNode.Parse(answer.Json.GetProperty("pool").GetRawText())!;

    private static IEnumerable<string> Waiting(WireMessage answer) => Pool(answer)["queue_items"]!.AsArray().Select(item => item!["task_id"]!.GetValue<string>());

    /// <summary>A delay below a second, as it is written: <c>20ms</c>, <c>22.5ms</c>.</summary>
    private static double Seconds(string delay)
    {
        Assert.EndsWith("ms", delay, StringComparison.Ordinal);
        return double.Parse(delay[..^2], System.Globalization.CultureInfo.InvariantCulture) / 1000;
    }

    private CheckedConfiguration Check(string file) => ConfigurationCheck.Run(
        new ConfigurationSources
        {
            FlagPath = file,
            Environment = new Dictionary<string, string>(),
            StateDirectory = Path.Combine(_place, "state"),
            RuntimeDirectory = Path.Combine(_place, "run"),
        },
        ServeCommand.BuiltInDrivers);
}
