using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Overseer.Protocols.Goproc;
using Overseer.Server.Audit;
using Overseer.Server.Tests.Faults;
using Overseer.Server.Tests.Goproc;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Trust;

/// <summary>One line for whatever is done or refused: who, from where, what, outcome; in the log and in the file.</summary>
public sealed class AuditTests : IAsyncDisposable
{
    private const string Token = "reader-reader-reader";
    private const string Sesame = "open-sesame-is-secret";
    private readonly LogLines _log = new(AuditLog.Category);
    private RunningServer? _server;
    private string _file = "";

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        if (Path.Exists(Path.GetDirectoryName(_file)))
        {
            File.Delete(_file);
        }
    }

    [Fact]
    public async Task Every_change_has_a_line_with_its_outcome()
    {
        var server = await StartAsync(actions: """
            actions:
              sh: {type: exec, config: {entrypoint: sh, command: ["-c", "[[.script]]"], parameters: {script: }, stdin: pipe}}
            """);
        await using var client = await server.ConnectUnixAsync();
        var started = await client.StartShellAsync("t1", "read x");
        await client.AskAsync("input", ("task_id", "t1"), ("data", "abc\n"));
        await client.ExpectAsync("exited", "t1");
        await client.StartShellAsync("t2", "exec sleep 1000");
        await client.SendAsync("stop", ("task_id", "t2"));
        await client.ExpectAsync("exited", "t2");
        await client.AskAsync("stop", ("task_id", "t2"));
        await client.AskAsync("reset", ("task_id", "t2"));
        await client.AskAsync("set_pool", ("action", "sh"), ("size", 1), ("queue_size", 5));
        await client.StartShellAsync("t3", "exec sleep 1000");
        await client.StartShellAsync("t4", "exit 0");
        await client.AskAsync("purge");
        await client.AskAsync("list");

        var lines = await FileAsync(10);
        Assert.All(lines, line => Assert.Equal((0, "uid 0 (unix socket)"), (DateTimeOffset.Parse(Text(line, "ts"), CultureInfo.InvariantCulture).Offset.Ticks, Text(line, "who"))));
        Assert.Equal(
            ["start sh", "input t1", "start sh", "stop t2", "stop t2", "reset t2", "set_pool sh", "start sh", "start sh", "purge "],
            lines.Select(line => $"{Text(line, "what")} {Text(line, "target")}"));
        Assert.Equal([false, false, false, false, true, true, false, false, false, false], lines.Select(line => line.GetProperty("refused").GetBoolean()));
        Assert.Equal($"started task t1, pid {started.Pid}", Text(lines[0], "outcome"));
        Assert.Equal(("4 bytes", "done"), (Text(lines[1], "detail"), Text(lines[1], "outcome")));
        Assert.Equal("passed on", Text(lines[3], "outcome"));
        Assert.Equal("size=1 queue_size=5", Text(lines[6], "detail"));
        Assert.Equal(("queued task t4", "1 tasks"), (Text(lines[8], "outcome"), Text(lines[9], "outcome")));
        Assert.Equal(lines.Count, _log.All.Count);
        Assert.Equal((LogLevel.Information, 3200, $"uid 0 (unix socket) (connection {lines[0].GetProperty("connection").GetInt64()}): start sh task_id=t1 script=read x: started task t1, pid {started.Pid}"), _log.All[0]);
        Assert.Equal((LogLevel.Warning, 3201), (_log.All[4].Level, _log.All[4].Event));
    }

    [Fact]
    public async Task Every_refusal_has_a_line_and_no_token_is_in_any()
    {
        var server = await StartAsync($"tokens: [{{name: web, token: {Token}, scopes: read}}]");
        await Knock.AtAsync(server.EndPoint, "/ws?token=" + Sesame);
        await Knock.AtAsync(server.EndPoint, "/metrics");
        await Knock.AtAsync(server.EndPoint, "/ws/manifest", ("Origin", "https://evil.example"));
        await using var client = await WireClient.ConnectAsync(server.EndPoint, ("Authorization", "Bearer " + Token));
        await client.StartShellAsync("t", "exit 0");
        await client.AskAsync("purge");

        var lines = await FileAsync(5);

        Assert.Equal(
            [
                "connect /ws: a token that is not valid", "connect /metrics: no token", "connect /ws/manifest: a page from https://evil.example, which is neither this server nor in allowed_origins",
                "start sh: not allowed: start needs the scope operate, and this connection has read", "purge : not allowed: purge needs the scope admin, and this connection has read",
            ],
            lines.Select(line => $"{Text(line, "what")} {Text(line, "target")}: {Text(line, "outcome")}"));
        Assert.All(lines, line => Assert.True(line.GetProperty("refused").GetBoolean()));
        Assert.Matches("^token \"web\" from 127\\.0\\.0\\.1:[0-9]+ uid 0$", Text(lines[3], "who"));
        Assert.DoesNotContain(_log.All.Select(line => line.Text).Concat(lines.Select(line => line.GetRawText())), line => line.Contains(Sesame, StringComparison.Ordinal) || line.Contains(Token, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Calls_of_goproc_and_reloads_have_their_lines()
    {
        var socket = Path.GetTempFileName();
        File.Delete(socket);
        var server = await StartAsync($"goproc: {{socket: {socket}}}");
        using (var goproc = GrpcClient.Connect(socket))
        {
            await goproc.CallAsync("Add", new AddRequest { Pid = Environment.ProcessId }, AddResponse.Parser);
            await goproc.CallAsync("List", new ListRequest(), ListResponse.Parser);
            await goproc.CallAsync("RenameTag", new RenameRequest { From = "a", To = "b" }, RenameResponse.Parser);
            await goproc.RefusedAsync("Rm", new RmRequest { Id = 99 });
        }

        await using var client = await server.ConnectUnixAsync();
        await client.AskAsync("reload");
        await server.Server.ReloadAsync("SIGHUP");

        var lines = await FileAsync(5);
        Assert.Equal(
            [
                $"uid 0 (goproc socket): adopt pid {Environment.ProcessId}: done", "uid 0 (goproc socket): rename_tag a to b: done", "uid 0 (goproc socket): forget id 99: id not found",
                "uid 0 (unix socket): reload : OUTCOME", "SIGHUP: reload : OUTCOME",
            ],
            lines.Select(line => $"{Text(line, "who")}: {Text(line, "what")} {Text(line, "target")}: {(Text(line, "what") == "reload" ? "OUTCOME" : Text(line, "outcome"))}"));
        Assert.Equal(Text(lines[3], "outcome"), Text(lines[4], "outcome"));
    }

    [Fact]
    public async Task Secrets_are_masked_and_no_line_can_be_forged()
    {
        var server = await StartAsync(actions: """
            actions:
              login: {type: exec, config: {entrypoint: "true", parameters: {password: {secret: true}, user: {default: ""}}}}
            """);
        await using var client = await server.ConnectAsync();
        await client.AskAsync("start", ("action", "login"), ("params", new JsonObject { ["password"] = Sesame, ["user"] = $"x\n{{\"forged\":1}} {Sesame}" }));
        await client.AskAsync("start", ("action", "nothing\r\nuid 0: start all: done\u202e"), ("params", new JsonObject { ["a"] = Sesame }));
        await client.AskAsync("input", ("task_id", "\u001b[2J"), ("data", Sesame));

        var lines = await FileAsync(3);

        Assert.Equal(@"password=*** user=x\u000a{""forged"":1} ***", Text(lines[0], "detail"));
        Assert.Equal((@"nothing\u000d\u000auid 0: start all: done\u202e", "a=***"), (Text(lines[1], "target"), Text(lines[1], "detail")));
        Assert.Equal((@"\u001b[2J", "21 bytes"), (Text(lines[2], "target"), Text(lines[2], "detail")));
        Assert.All(_log.All, line => Assert.DoesNotContain(line.Text, char.IsControl));
        Assert.DoesNotContain(_log.All, line => line.Text.Contains(Sesame, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_flood_of_refusals_is_counted_instead_of_written()
    {
        var server = await StartAsync("limits: {max_audited_refusals: 3}");
        await using (var client = await server.ConnectAsync())
        {
            for (var i = 0; i < 50; i++)
            {
                await client.AskAsync("start", ("action", "nothing"));
            }

            Assert.Equal("started", (await client.StartShellAsync("t", "exit 0")).Type);
        }

        await server.DisposeAsync();
        _server = null;
        var lines = Lines(_file);

        Assert.Equal(["start", "start", "start", "start", "refusals"], lines.Select(line => Text(line, "what")));
        Assert.Equal(("127.0.0.1", "47 more refused within a minute"), (Text(lines[4], "who"), Text(lines[4], "outcome")));
    }

    [Fact]
    public async Task The_file_is_for_its_owner_alone_and_follows_its_path()
    {
        var file = Path.GetTempFileName();
        File.SetUnixFileMode(file, (UnixFileMode)0b110_100_100);
        var server = await StartAsync(file: file);
        await using var client = await server.ConnectAsync();
        await client.StartShellAsync("t1", "exit 0");
        await FileAsync(1);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));

        File.Move(file, file + ".1");
        server.Server.ReopenEventLog();
        await client.StartShellAsync("t2", "exit 0");

        Assert.Contains("task t2", Text(Assert.Single(await FileAsync(1)), "outcome"), StringComparison.Ordinal);
        Assert.Contains("task t1", Text(Assert.Single(Lines(file + ".1")), "outcome"), StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        File.Delete(file + ".1");
    }

    [Fact]
    public async Task A_full_disk_stops_nobody_and_what_is_missing_is_said()
    {
        var place = Directory.CreateTempSubdirectory("overseer-audit-").FullName;
        using (var disk = Disk.Small(Path.Combine(place, "disk"), 1))
        {
            var server = await StartAsync(file: Path.Combine(disk.Path, "audit"));
            disk.Fill();
            await using var client = await server.ConnectAsync();
            for (var i = 0; i < 40; i++)
            {
                Assert.Equal("started", (await client.StartShellAsync($"t{i}", "exit 0", ("tags", new JsonArray(new string('x', 200))))).Type);
            }

            await LoggedAsync(3204);
            disk.Empty();
            await client.StartShellAsync("last", "exit 0");
            var text = await LoggedAsync(3205);

            Assert.Matches($"^The audit log is written to {_file} again; [0-9]+ lines are missing there$", text);
            Assert.Equal("started task last", Text(Lines(_file)[^1], "outcome").Split(',')[0]);
            await server.DisposeAsync();
            _server = null;
        }

        Directory.Delete(place, recursive: true);
    }

    [Fact]
    public async Task A_file_that_cannot_be_opened_stops_the_start()
    {
        var error = await Assert.ThrowsAsync<Overseer.Hosting.StartupException>(() => StartAsync(file: "/nonexistent/audit"));

        Assert.Equal("cannot open the audit file /nonexistent/audit: no such file or directory (ENOENT); choose another path with audit_file", error.Message);
    }

    private static string Text(JsonElement line, string field) => line.GetProperty(field).GetString()!;

    private static List<JsonElement> Lines(string file) => [.. File.ReadAllLines(file).Select(line => JsonDocument.Parse(line).RootElement)];

    private async Task<RunningServer> StartAsync(string yaml = "", string actions = RunningServer.Shell, string? file = null) =>
        _server = await RunningServer.StartAsync(place => $"{yaml}\naudit_file: {_file = file ?? Path.Combine(place, "..", Path.GetFileName(place) + ".audit")}\n{actions}", _log);

    /// <summary>The first line of the log that is of this event.</summary>
    private async Task<string> LoggedAsync(int number)
    {
        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        string? found;
        while ((found = _log.All.FirstOrDefault(line => line.Event == number).Text) is null)
        {
            Assert.False(deadline.IsCancellationRequested, $"event {number} did not come");
            await Task.Delay(20, CancellationToken.None);
        }

        return found;
    }

    /// <summary>So many lines of the file, which are written soon after what they tell.</summary>
    private async Task<List<JsonElement>> FileAsync(int count)
    {
        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        while (!File.Exists(_file) || File.ReadAllLines(_file).Length < count || _log.All.Count < count)
        {
            Assert.False(deadline.IsCancellationRequested, $"the file has {(File.Exists(_file) ? await File.ReadAllTextAsync(_file, CancellationToken.None) : "nothing")}");
            await Task.Delay(20, CancellationToken.None);
        }

        return Lines(_file);
    }
}
