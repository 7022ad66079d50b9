using System.Text.Json;
using System.Text.Json.Nodes;
using Overseer.Server.Tests.EventLog;
using Overseer.Server.Tests.Faults;
using Overseer.Server.Tests.Harness;
using static Overseer.Server.Tests.Reloading.Reloads;

namespace Overseer.Server.Tests.Reloading;

/// <summary>Reloads of real servers, by signal and behind kill -9.</summary>
public sealed class ReloadFaultTests
{
    [Fact]
    public async Task The_next_server_with_that_file_has_the_same_state()
    {
        await using var site = new Site(actions: Yaml("task_pool: {size: 9}", Action("a", more: "task_pool: {size: 2, queue_size: 9}"), Action("gone", "exit 1", "retry: {restart_delay: 1h}"), Action("f")));
        await site.StartAsync();
        var gate = new Fifo(site.PathOf("gate"));
        string before;
        await using (var client = await site.ConnectAsync())
        {
            foreach (var task in new[] { "t1", "t2", "t3" })
            {
                await client.StartAsync("a", task, "sleep 1000");
            }

            await client.StartAsync("gone", "g", "");
            await client.ExpectAsync("restarting", "g");
            await client.StartAsync("f", "f", $"echo a0; echo b0; read _ < {gate.Path}; echo a1; echo b1; sleep 1000");
            await client.ExpectAsync("output", "f");
            await client.AskAsync("set_pool", ("action", "a"), ("size", 1), ("excess", new JsonObject { ["action"] = "requeue", ["grace"] = 0 }));
            await client.ExpectAsync("queued", "t1");

            await File.WriteAllTextAsync(
                site.Config,
                "listen: \"127.0.0.1:0\"\n" + Yaml("retry: {restart_delay: 1h}", Action("a", more: "task_pool: {size: 1, queue_size: 9}\ntags: [x]"), Action("f", config: "stdout_condition: 'output.data.startsWith(\"b\")'")),
                TestContext.Current.CancellationToken);
            Assert.True((await client.ReloadAsync()).Json.GetProperty("applied").GetBoolean());
            before = await StateAsync(client);
            Assert.Contains("\"errored\"", before, StringComparison.Ordinal);
        }

        await site.KillServerAsync();
        await site.StartAsync();
        await using var again = await site.ConnectAsync();
        Assert.Equal(before, await StateAsync(again));
        await again.AskAsync("subscribe", ("task_id", "f"), ("from_seq", 1));
        await gate.OpenAsync();
        foreach (var expected in new[] { "1 a0", "2 b0", "3 b1" })
        {
            var line = await again.ExpectAsync("output", "f");
            Assert.Equal(expected, $"{line.Seq} {line.Data}");
        }
    }

    [Fact]
    public async Task A_filter_that_came_by_reload_is_known_as_such_to_the_next_server()
    {
        // Ended tasks too: their numbers stay what they were seen to be, although nobody has read them since.
        await using var site = new Site(actions: Yaml("", Action("f")));
        await site.StartAsync();
        await using (var client = await site.ConnectAsync())
        {
            await client.StartAsync("f", "f", "echo a0; echo b0; echo a1");
            Assert.Equal(3, (await client.UntilAsync("exited", "f")).Count(message => message.Type == "output"));
            await File.WriteAllTextAsync(site.Config, "listen: \"127.0.0.1:0\"\n" + Yaml("", Action("f", config: "stdout_condition: 'output.data.startsWith(\"b\")'")), TestContext.Current.CancellationToken);
            await client.ReloadAsync();
        }

        await site.KillServerAsync();
        await site.StartAsync();
        await using var again = await site.ConnectAsync();
        await again.StartAsync("f", "f", "echo a2; echo b2");
        await again.ExpectAsync("exited", "f");
        await again.AskAsync("subscribe", ("task_id", "f"), ("from_seq", 1));
        await again.SendAsync("replay", ("task_id", "f"), ("from_seq", 1));
        var lines = (await again.UntilAsync("replayed", message => message.Type == "replayed")).Where(message => message.Type == "output").DistinctBy(line => line.Seq);
        Assert.Equal(["1 a0", "2 b0", "3 a1", "4 b2"], lines.Select(line => $"{line.Seq} {line.Data}"));
    }

    [Fact]
    public async Task SIGHUP_applies_a_right_file_and_says_what_is_wrong_with_another()
    {
        await using var site = new Site(actions: Yaml("", Action("a", more: "task_pool: {size: 5}")));
        var server = await site.StartAsync();
        await using var client = await site.ConnectAsync();
        for (var limit = 6; limit < 26; limit++)
        {
            // None is lost, however close they come: the last one counts.
            await File.WriteAllTextAsync(site.Config, "nonsense: 1\n", TestContext.Current.CancellationToken);
            server.Signal("HUP");
            await File.WriteAllTextAsync(site.Config, "listen: \"127.0.0.1:0\"\n" + Yaml("", Action("a", more: $"task_pool: {{size: {limit}}}")), TestContext.Current.CancellationToken);
            server.Signal("HUP");
            await client.ExpectAsync("pool_updated", message => message.Type == "pool_updated" && message.Json.GetProperty("pool").GetProperty("limit").GetInt32() == limit);
        }

        server.Signal("TERM");
        var (code, _, log) = await server.EndAsync();
        Assert.Equal(0, code);
        Assert.Contains("Configuration: task_pool of action a changed: limit 24 -\\u003E 25", log, StringComparison.Ordinal);
        Assert.Contains("The configuration was read again for SIGHUP; differences: 1", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_configuration_file_there_is_nothing_to_reload()
    {
        var place = Directory.CreateTempSubdirectory("overseer-reload-").FullName;
        await using var server = ServerProcess.Begin(ServerProcess.Program, "serve", "--listen", "127.0.0.1:0", "--state-dir", $"{place}/state", "--runtime-dir", $"{place}/run");
        await server.ReadyAsync();
        await using var client = await WireClient.ConnectAsync(new System.Net.Sockets.UnixDomainSocketEndPoint($"{place}/run/overseer.sock"));
        var answer = await client.ReloadAsync();
        Assert.False(answer.Json.GetProperty("applied").GetBoolean());
        Assert.Equal(["there is no configuration file to read again; the server was started without --config and OVERSEER_CONFIG"], answer.Texts("errors"));
        server.Signal("TERM");
        await server.EndAsync();
        Directory.Delete(place, recursive: true);
    }

    [Fact]
    public async Task The_event_log_goes_on_in_another_file_and_is_whole()
    {
        var logs = Directory.CreateTempSubdirectory("overseer-log-").FullName;
        await using var site = new Site($"log_file: {logs}/one.jsonl");
        await site.StartAsync();
        await using var client = await site.ConnectAsync();
        await client.StartShellAsync("t", $"while [ ! -e {site.PathOf("enough")} ]; do seq 1 50; sleep 0.01; done");
        string[] files = ["one", "two", "three", "four"];
        foreach (var file in files[1..])
        {
            site.Configure($"log_file: {logs}/{file}.jsonl");
            Assert.Contains((await client.ReloadAsync()).Texts("changes"), change => change.StartsWith("log_file.path changed: ", StringComparison.Ordinal));
            await LoggedEvents.UntilAsync($"{logs}/{file}.jsonl", line => line.Type == "output");
        }

        site.Configure($"log_file: {logs}");
        var refused = await client.ReloadAsync();
        Assert.Equal([$"the event log {logs} is no ordinary file; choose another path with log_file"], refused.Texts("errors"));
        site.Configure("");
        Assert.Equal(["log_file changed: a file -> none; start the server again"], (await client.ReloadAsync()).Texts("restart"));

        await File.WriteAllTextAsync(site.PathOf("enough"), "", TestContext.Current.CancellationToken);
        await LoggedEvents.UntilAsync($"{logs}/four.jsonl", line => line.Type == "exited");
        var seqs = LoggedEvents.Read([.. files.Select(file => $"{logs}/{file}.jsonl")]).Where(line => line.Type == "output").Select(line => line.Seq).ToList();
        Assert.Equal(Enumerable.Range(1, seqs.Count).Select(seq => (long)seq), seqs);
        Directory.Delete(logs, recursive: true);
    }

    /// <summary>Everything that clients can ask for.</summary>
    private static async Task<string> StateAsync(WireClient client)
    {
        List<string> state = [];
        foreach (var (type, action) in new[] { ("list", (string?)null), ("describe", null), ("pool_info", null), ("pool_info", "a") })
        {
            var answer = action is null ? await client.AskAsync(type, fields: []) : await client.AskAsync(type, ("action", action));
            state.Add(answer.Json.GetProperty(type switch { "list" => "tasks", "describe" => "actions", _ => "pool" }).GetRawText());
        }

        return string.Join('\n', state);
    }
}
