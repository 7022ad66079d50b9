using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Overseer.Hosting;
using Overseer.Registry;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Registry;

/// <summary>goproc's own form of the registry: taken over at the first start, written after changes and at the end.</summary>
public sealed class SnapshotTests
{
    [Fact]
    public async Task A_snapshot_is_taken_over_at_the_first_start_and_a_pid_alone_is_not_trusted()
    {
        await using var sleepers = await Foreigner.StartAsync("sleep 1000 & echo $!; sleep 1000 & echo $!; sleep 1000 & echo $!; wait", 3);
        await using var server = await StartAsync(
            $$$"""
            {"version":1,"next_id":40,"extra":true,"procs":[
             {"id":9,"pid":{{{sleepers.Pids[2]}}},"pgid":1,"cmd":"gone","name":"","alive":false,"added_at":"2100-01-01T00:00:00Z","last_seen":"2025-01-01T00:00:00Z","meta":{}},
             {"id":3,"pid":{{{sleepers.Pids[0]}}},"pgid":{{{sleepers.Shell}}},"cmd":"sleep 1000","name":"reader","alive":true,"added_at":"2100-01-01T00:00:00.123456789+02:00","last_seen":"2025-01-01T00:00:00Z","meta":{"tags":["db"," db ","x"],"groups":["prod"]}},
             {"id":7,"pid":{{{sleepers.Pids[1]}}},"pgid":{{{sleepers.Shell}}},"cmd":"sleep 1","name":"older","alive":true,"added_at":"2020-01-01T00:00:00Z","last_seen":"2021-01-01T00:00:00Z","meta":{"tags":null}}
            ],"created_unix":1}
            """);
        await using var client = await server.ConnectAsync();

        var tasks = await client.ListAsync();

        // The second began after the entry was made: whoever was meant is dead. The third was dead when the snapshot was written.
        Assert.Equal([(3, "reader", "active"), (7, "older", "stopped"), (9, null, "stopped")], tasks.Select(task => (task.Number("number"), task.Text("name"), task.Text("state"))));
        Assert.Equal(("[\"db\",\"x\"]", "[\"prod\"]"), (tasks[0].Json.GetProperty("tags").GetRawText(), tasks[0].Json.GetProperty("groups").GetRawText()));
        Assert.Equal(40, (await client.AskAsync("adopt", ("pid", sleepers.Pids[1]))).Json.GetProperty("task").GetProperty("number").GetInt64());
        await client.AskAsync("subscribe", ("tag", "db"));
        Foreigner.Signal(Foreigner.Term, sleepers.Pids[0]);
        Assert.Equal("SIGTERM", (await client.ExpectAsync("exit", message => message.Type == "exited")).Signal);
    }

    [Fact]
    public async Task It_is_taken_over_once_whatever_becomes_of_its_entries()
    {
        var place = Directory.CreateTempSubdirectory("overseer-snapshot-").FullName;
        try
        {
            await using var site = new Faults.Site($"goproc: {{socket: {place}/goproc.sock}}");
            var snapshot = Path.Combine(place, "goproc.snapshot.json");
            var content = """{"version":1,"next_id":5,"procs":[{"id":4,"pid":999999,"pgid":1,"cmd":"x","name":"n","alive":true,"added_at":"2020-01-01T00:00:00Z","last_seen":"2020-01-01T00:00:00Z","meta":{}}],"created_unix":1}""";
            await File.WriteAllTextAsync(snapshot, content);
            await site.StartAsync();
            await using (var client = await site.ConnectAsync())
            {
                var task = Assert.Single(await client.ListAsync());
                Assert.Equal("forgotten", (await client.AskAsync("forget", ("task_id", task.TaskId))).Type);
                await site.KillServerAsync();
            }

            await File.WriteAllTextAsync(snapshot, content);
            await site.StartAsync();
            await using (var client = await site.ConnectAsync())
            {
                Assert.Empty(await client.ListAsync());
            }
        }
        finally
        {
            Directory.Delete(place, recursive: true);
        }
    }

    [Fact]
    public async Task It_is_written_after_changes_and_on_a_clean_stop_as_goproc_writes_it()
    {
        await using var sleepers = await Foreigner.StartAsync("sleep 1000 & echo $!; sleep 1000 & echo $!; wait", 2);
        string file;
        await using (var server = await StartAsync(null))
        {
            file = Path.Combine(server.Place, "goproc.snapshot.json");
            await using var client = await server.ConnectAsync();
            await client.AskAsync("adopt", ("pid", sleepers.Pids[0]), ("name", "one"), ("tags", new JsonArray("b", "a")));
            using (var deadline = new CancellationTokenSource(WireClient.Deadline))
            {
                while (!File.Exists(file))
                {
                    Assert.False(deadline.IsCancellationRequested, "nothing is written");
                    await Task.Delay(10);
                }
            }

            await client.AskAsync("adopt", ("pid", sleepers.Pids[1]));
            await server.StopAsync();
            var text = await File.ReadAllTextAsync(file);
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            Assert.StartsWith("{\n  \"version\": 1,\n  \"next_id\": 3,\n  \"procs\": [\n    {\n      \"id\": 1,\n", text, StringComparison.Ordinal);
            Assert.Contains("\"meta\": {}", text, StringComparison.Ordinal);
            var document = SnapshotDocument.Read(Encoding.UTF8.GetBytes(text));
            Assert.Equal([(1, sleepers.Pids[0], "one", true, "sleep 1000"), (2, sleepers.Pids[1], "", true, "sleep 1000")], document.Processes.Select(one => (one.Id, one.Pid, one.Name, one.Alive, one.Cmd)));
            Assert.Empty(Directory.EnumerateFiles(server.Place, "*.new"));
        }
    }

    [Fact]
    public void What_is_written_is_read_again()
    {
        var document = new SnapshotDocument(12, [
            new SnapshotProcess
            {
                Id = 11, Pid = 5, Pgid = 4, Cmd = "sh -c \"ü\\\n\"", Name = "größe", Alive = true, AddedAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero).AddTicks(1_234_567),
                LastSeen = DateTimeOffset.UnixEpoch, Tags = ["a", "b\"c"], Groups = ["g"],
            },
        ]);
        using var written = new MemoryStream();
        SnapshotDocument.Write(written, document.NextId, document.Processes, DateTimeOffset.UnixEpoch.AddSeconds(77));
        var bytes = written.ToArray();
        Assert.Equivalent(document, SnapshotDocument.Read(bytes), strict: true);
        Assert.Contains("\"added_at\": \"2026-01-02T03:04:05.123456700Z\"", Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
        Assert.Contains("\"created_unix\": 77", Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "unexpected end of JSON input")]
    [InlineData("{\"version\":1,\"next_id\":3,\"procs\":[{\"id\":1,", "unexpected end of JSON input")]
    [InlineData("{\"version\":2}", "version is 2, only 1 is known")]
    [InlineData("[]", "it is no JSON object")]
    [InlineData("{\"procs\":{}}", "procs is no list")]
    [InlineData("{\"procs\":[{\"id\":0,\"pid\":1}]}", "procs[0].id is not positive")]
    [InlineData("{\"procs\":[{\"id\":1,\"pid\":-4}]}", "procs[0].pid is no pid")]
    [InlineData("{\"procs\":[{\"id\":1,\"pid\":1,\"added_at\":\"soon\"}]}", "procs[0].added_at is no time")]
    [InlineData("{\"procs\":[{\"id\":1,\"pid\":1,\"meta\":{\"tags\":[1]}}]}", "procs[0].meta.tags is no list of texts")]
    [InlineData("{\"procs\":[{\"id\":1,\"pid\":1},{\"id\":1,\"pid\":2}]}", "two procs have the id 1")]
    public void One_that_cannot_be_used_is_refused_with_the_reason(string content, string problem) =>
        Assert.Equal(problem, Assert.ThrowsAny<JsonException>(() => SnapshotDocument.Read(Encoding.UTF8.GetBytes(content))).Message);

    [Fact]
    public async Task A_truncated_one_ends_the_start_and_is_left_as_it_is()
    {
        var place = "";
        var failure = await Assert.ThrowsAsync<StartupException>(() => StartAsync("{\"version\":1,\"procs\":[", at => place = at));
        Assert.Contains("goproc.snapshot.json cannot be taken over: unexpected end of JSON input; repair it, or move it away to begin with an empty registry", failure.Message, StringComparison.Ordinal);
        Assert.Equal("unexpected end of JSON input", Assert.IsType<SnapshotException>(failure.InnerException).Problem);
        Assert.Equal("{\"version\":1,\"procs\":[", await File.ReadAllTextAsync(Path.Combine(place, "goproc.snapshot.json")));
        Directory.Delete(place, recursive: true);
    }

    private static Task<RunningServer> StartAsync(string? snapshot, Action<string>? at = null) => RunningServer.StartAsync(place =>
    {
        at?.Invoke(place);
        if (snapshot is not null)
        {
            File.WriteAllText(Path.Combine(place, "goproc.snapshot.json"), snapshot);
        }

        return $"goproc: {{socket: {place}/goproc.sock}}\n{RunningServer.Shell}";
    });
}
