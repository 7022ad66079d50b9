using System.Diagnostics;
using System.Text.Json;

namespace Overseer.Cli.Tests.Goproc;

/// <summary>The lines of goproc's command line that need a daemon, to the letter, from the real program with a real daemon.</summary>
public sealed class RegistryTests : IAsyncLifetime
{
    private readonly GoprocPlace _place = new();
    private Process _daemon = null!;

    public async ValueTask InitializeAsync() => _daemon = await _place.DaemonAsync();

    public ValueTask DisposeAsync() => _place.DisposeAsync();

    [Fact]
    public async Task A_process_is_added_listed_and_removed()
    {
        int one = Sleep(), two = Sleep();
        await PrintsAsync("No processes registered\n", "list");
        await PrintsAsync($"Process {one} registered with id 1\n", "add", $"{one}", "--tag", "db,read", "--group", "prod", "--name", "db-reader");
        await PrintsAsync($"Process {two} registered with id 2\n", "add", $"{two}", "--name", "  ", "--tag", " x ", "--tag", "x");
        await PrintsAsync($"pid {one} already registered as id 1\n", "add", $"{one}");

        string first = $"[id=1] pid={one} name=db-reader alive=true cmd=sleep 300 tags=[db,read] groups=[prod]\n";
        string second = $"[id=2] pid={two} name=- alive=true cmd=sleep 300 tags=[x] groups=[]\n";
        await PrintsAsync(first + second, "list");
        await PrintsAsync(first + second, "list", "foo");
        await PrintsAsync(first, "list", "--name", "db-reader");
        await PrintsAsync(second, "list", "--pid", $"{two}");
        await PrintsAsync(first + second, "list", "--id", "1,2");
        await PrintsAsync(first + second, "list", "--tag", "read,x");
        await PrintsAsync(first, "list", "--tag-all", "read", "--tag-all", "db", "--group-all", "prod");
        await PrintsAsync("No processes registered\n", "list", "--tag", "read", "--group", "other");
        await PrintsAsync(first + second, "list", "--alive", "--search", " leep 30 ");
        await PrintsAsync("No processes registered\n", "list", "--search", "nosuch");

        await PrintsAsync("No matching processes registered\n", "rm", "--tag", "nosuch");
        await PrintsAsync($"Removed [id=2] pid={two} name=- cmd=sleep 300 tags=[x] groups=[]\n", "rm", "--id", "2");
        await PrintsAsync($"Removed [id=1] pid={one} name=db-reader cmd=sleep 300 tags=[db,read] groups=[prod]\n", "rm", "--search", "sleep");
        await PrintsAsync("No matching processes registered\n", "rm", "--all");
        Assert.All([one, two], pid => Assert.True(Directory.Exists($"/proc/{pid}")));
    }

    [Fact]
    public async Task A_wide_list_shows_what_processes_use()
    {
        int one = Sleep();
        Process dying = _place.Child("sleep", "300");
        await _place.AskAsync("add", $"{one}", "--name", "one", "--tag", "a,b");
        await _place.AskAsync("add", $"{dying.Id}");
        dying.Kill();
        await dying.WaitForExitAsync().WaitAsync(LiveServer.Deadline);
        await _place.ListedAsync(list => list.Contains(" alive=false ", StringComparison.Ordinal));

        string[] lines = (await _place.AskAsync("list", "-w")).TrimEnd('\n').Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.Equal("ID PID NAME ORIGIN STATE SINCE EXIT TAGS GROUPS USER CPU% MEM THR FDS PROCS COMMAND".Split(' '), Fields(lines[0]));
        string[] alive = Fields(lines[1]), dead = Fields(lines[2]);
        Assert.Equal(["1", $"{one}", "one", "adopted", "running"], alive[..5]);
        Assert.Equal(["a,b", "-", Environment.UserName], alive[7..10]);
        Assert.EndsWith("B", Assert.Single(alive[11..12]).Replace('K', 'B').Replace('M', 'B'), StringComparison.Ordinal);
        Assert.Equal(("1", "1", "sleep 300"), (alive[12], alive[14], string.Join(' ', alive[15..])));
        Assert.Equal(["2", $"{dying.Id}", "-", "adopted", "stopped"], dead[..5]);
        Assert.Equal(["-", "-", "-", "-", "-", "-"], dead[9..15]);

        using JsonDocument json = JsonDocument.Parse(await _place.AskAsync("list", "--wide", "--json", "--alive"));
        JsonElement entry = Assert.Single(json.RootElement.EnumerateArray());
        Assert.Equal((1, Environment.UserName), (entry.GetProperty("tree_size").GetInt32(), entry.GetProperty("user").GetString()));
        Assert.All(["process", "tree"], use => Assert.True(entry.GetProperty(use).GetProperty("resident_bytes").GetInt64() >= 4096));
        Assert.DoesNotContain("tree_size", await _place.AskAsync("list", "--json"), StringComparison.Ordinal);

        static string[] Fields(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }

    [Fact]
    public async Task What_cannot_be_added_is_refused_with_the_daemons_status()
    {
        int one = Sleep(), two = Sleep();
        using Process dead = _place.Begin("true");
        await dead.WaitForExitAsync();
        await _place.AskAsync("add", $"{one}", "--name", "db-reader");

        await FailsAsync($"NotFound desc = pid {dead.Id} not found or no permission: no such process", "add", $"{dead.Id}");
        await FailsAsync("Internal desc = add failed: name \"db-reader\" is already in use", "add", $"{two}", "--name", "db-reader");
        await FailsAsync("Internal desc = add failed: name \"a b\" contains invalid character ' ' (allowed: letters, digits, '.', '-', '_')", "add", $"{two}", "--name", "a b");
        string tooLong = new('x', 65);
        await FailsAsync($"Internal desc = add failed: name \"{tooLong}\" is too long (max 64 characters)", "add", $"{two}", "--name", tooLong);
        await PrintsAsync($"Process {two} registered with id 2\n", "add", $"{two}", "--name", tooLong[..64]);

        Task FailsAsync(string status, params string[] arguments) => _place.FailsAsync("daemon add RPC failed: rpc error: code = " + status, arguments);
    }

    [Fact]
    public async Task Another_users_process_is_refused_by_a_daemon_that_is_not_root()
    {
        await using var other = new GoprocPlace();
        string[] nobody = ["--reuid=65534", "--regid=65534", "--clear-groups"];
        Directory.CreateDirectory(other.Runtime);
        using (Process chown = Process.Start("chown", ["65534", other.Runtime]))
            await chown.WaitForExitAsync();
        File.SetUnixFileMode(Path.GetDirectoryName(other.Runtime)!, (UnixFileMode)0b111_101_101);
        using Process daemon = other.Begin("setpriv", [.. nobody, other.Program, "daemon"]);
        Assert.Equal("Started demon process", await LiveServer.LineOfAsync(daemon));

        LiveServer.Result refused = await LiveServer.ResultOfAsync(other.Begin("setpriv", [.. nobody, other.Program, "add", $"{_daemon.Id}"]));
        LiveServer.Result foreign = await other.RunAsync("ping");

        Assert.Equal(1, refused.Code);
        Assert.StartsWith($"Error: daemon add RPC failed: rpc error: code = NotFound desc = pid {_daemon.Id} not found or no permission: operation not permitted\n", refused.Error, StringComparison.Ordinal);
        Assert.StartsWith("Error: daemon is not running\n", foreign.Error, StringComparison.Ordinal); // root, and not the daemon's own user
        LiveServer.Signal(daemon, "TERM");
        Assert.Equal(0, (await LiveServer.ResultOfAsync(daemon)).Code);
    }

    [Fact]
    public async Task Several_are_removed_only_with_all()
    {
        for (int i = 0; i < 6; i++)
            await _place.AskAsync("add", $"{Sleep()}", "--group", i < 2 ? "few" : "many");

        await _place.FailsAsync("multiple processes match filters (ids: 1, 2). Use --all to delete all or narrow the selection", ["rm", "--group", "few"]);
        await _place.FailsAsync("multiple processes match filters (ids: 1, 2, 3, 4, 5, ...). Use --all to delete all or narrow the selection", ["rm", "--search", "sleep"]);
        string[] removed = (await _place.AskAsync("rm", "--group", "few", "--all")).TrimEnd('\n').Split('\n');
        Assert.Equal(["Removed [id=1]", "Removed [id=2]"], removed.Select(line => line.Split(" pid")[0]));
        Assert.Equal(4, (await _place.AskAsync("rm", "--all")).Count(one => one == '\n'));
        await PrintsAsync("No processes registered\n", "list");
    }

    [Fact]
    public async Task Processes_are_killed_and_removed()
    {
        Process[] processes = [.. Enumerable.Range(0, 4).Select(_ => _place.Child("sleep", "300"))];
        await _place.AskAsync("add", $"{processes[0].Id}", "--name", "one");
        for (int i = 1; i < 4; i++)
            await _place.AskAsync("add", $"{processes[i].Id}", "--tag", i < 3 ? "two" : "last");

        await _place.FailsAsync("provide at least one selector (--id/--pid/--tag/--group/--name) or pass --all", ["kill"]);
        await PrintsAsync("No processes match the provided selectors\n", "kill", "--name", "nosuch");
        await PrintsAsync($"Killed and removed [id=1] pid={processes[0].Id} name=one\n", "kill", "--name", "one");
        await _place.FailsAsync("multiple alive processes match filters (ids: 2, 3). Use --all to terminate all or narrow the selection", ["kill", "--tag", "two"]);
        await PrintsAsync($"Killed and removed [id=2] pid={processes[1].Id} name=-\nKilled and removed [id=3] pid={processes[2].Id} name=-\n", "kill", "--tag", "two", "--all");
        await Task.WhenAll(processes[..3].Select(process => process.WaitForExitAsync())).WaitAsync(LiveServer.Deadline);

        processes[3].Kill();
        await processes[3].WaitForExitAsync().WaitAsync(LiveServer.Deadline);
        await _place.ListedAsync(list => list.Contains(" alive=false ", StringComparison.Ordinal));
        await PrintsAsync("Matching processes exist but none are currently alive\n", "kill", "--all");
    }

    [Fact]
    public async Task Labels_are_listed_and_renamed()
    {
        int one = Sleep(), two = Sleep();
        await _place.AskAsync("add", $"{one}", "--tag", "write,db", "--group", "dev");
        await _place.AskAsync("add", $"{two}", "--tag", "db", "--group", "dev,ops");
        string Lines(string firstTags, string secondTags) =>
            $"[id=1] pid={one} name=- alive=true cmd=sleep 300 tags=[{firstTags}] groups=[dev]\n[id=2] pid={two} name=- alive=true cmd=sleep 300 tags=[{secondTags}] groups=[dev,ops]\n";

        await PrintsAsync(Lines("write,db", "db"), "tag", "db");
        await PrintsAsync("No processes found with tag \"nosuch\"\n", "tag", "nosuch");
        await PrintsAsync("No processes found with group \"no\\\"such\"\n", "group", "no\"such");
        await PrintsAsync("Renamed tag \"db\" -> \"database\" on 2 process(es)\n" + Lines("database,write", "database"), "tag", "db", "--rename", "database");
        await PrintsAsync("Renamed tag \"nosuch\" -> \"other\" on 0 process(es)\nNo processes found with tag \"other\"\n", "tag", "nosuch", "--rename", "other");
        await PrintsAsync("Renamed tag \"database\" -> \"database\" on 0 process(es)\n" + Lines("database,write", "database"), "tag", "database", "--rename", "database");
        await PrintsAsync(Lines("database,write", "database"), "tag", "database", "--rename", " ");
        await PrintsAsync("Renamed tag \"write\" -> \"database\" on 1 process(es)\n" + Lines("database", "database"), "tag", "write", "--rename", "database");
        await PrintsAsync(
            $"Renamed group \"dev\" -> \"z\" on 2 process(es)\n[id=1] pid={one} name=- alive=true cmd=sleep 300 tags=[database] groups=[z]\n[id=2] pid={two} name=- alive=true cmd=sleep 300 tags=[database] groups=[ops,z]\n",
            "group", "dev", "--rename", "z");
    }

    [Fact]
    public async Task Reset_begins_with_1_again()
    {
        int pid = Sleep();
        await _place.AskAsync("add", $"{Sleep()}");
        await PrintsAsync("Registry cleared and IDs reset\n", "reset", "--confirm", " RESET ");
        await PrintsAsync("No processes registered\n", "list");
        await PrintsAsync($"Process {pid} registered with id 1\n", "add", $"{pid}");
    }

    [Fact]
    public async Task JSON_has_what_the_lines_have_and_more()
    {
        int pid = Sleep();

        Assert.Equal($$"""{"id":1,"pid":{{pid}},"already_registered":false}""" + "\n", await _place.AskAsync("add", $"{pid}", "--json", "--tag", "t", "--name", "n"));
        Assert.Equal($$"""{"id":1,"pid":{{pid}},"already_registered":true}""" + "\n", await _place.AskAsync("add", $"{pid}", "--json"));
        using JsonDocument list = JsonDocument.Parse(await _place.AskAsync("list", "--json"));
        JsonElement entry = Assert.Single(list.RootElement.EnumerateArray());
        Assert.Equal((1, pid, "n", "sleep 300", true, "adopted"), (entry.GetProperty("id").GetInt32(), entry.GetProperty("pid").GetInt32(), entry.GetProperty("name").GetString(), entry.GetProperty("cmd").GetString(), entry.GetProperty("alive").GetBoolean(), entry.GetProperty("origin").GetString()));
        Assert.Equal("[\"t\"]", entry.GetProperty("tags").GetRawText());
        Assert.InRange(entry.GetProperty("started_at").GetDateTimeOffset(), DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddMinutes(1));
        Assert.Equal("[]\n", await _place.AskAsync("tag", "nosuch", "--json"));
        Assert.Contains("\"outcome\":\"removed\"", await _place.AskAsync("rm", "--all", "--json"), StringComparison.Ordinal);
        Assert.Equal("[]\n", await _place.AskAsync("kill", "--all", "--json"));
    }

    [Fact]
    public async Task Fifty_clients_at_once_are_all_registered()
    {
        int[] pids = [.. Enumerable.Range(0, 20).Select(_ => Sleep())];

        string[] said = await Task.WhenAll(pids.Select(pid => _place.AskAsync("add", $"{pid}", "--tag", "t")));

        Assert.Equal(Enumerable.Range(1, pids.Length), said.Select(line => int.Parse(line.TrimEnd().Split(' ')[^1])).Order());
        Assert.Equal(pids.Length, (await _place.AskAsync("tag", "t")).Count(one => one == '\n'));
    }

    private int Sleep() => _place.Child("sleep", "300").Id;

    private Task PrintsAsync(string output, params string[] arguments) => _place.PrintsAsync(output, arguments);
}
