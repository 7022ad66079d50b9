using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Overseer.Server.Tests.Faults;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Diagnosis;

/// <summary><c>overseer doctor</c> in surroundings that really are broken, and in some that are not.</summary>
public sealed class DoctorTests : IDisposable
{
    private const int OtherUser = 65534;
    private readonly string _place = Directory.CreateTempSubdirectory("overseer-doctor-test-").FullName;

    public void Dispose() => Directory.Delete(_place, recursive: true);

    [Fact]
    public async Task Where_nothing_is_wrong_nothing_fails_and_nothing_is_made()
    {
        Write("listen: \"127.0.0.1:0\"");
        var before = Directory.GetFileSystemEntries(_place);
        var (code, findings) = await RunAsync();
        Assert.Equal(0, code);
        Assert.DoesNotContain(findings, finding => finding.State == "failed");
        Assert.Equal(before, Directory.GetFileSystemEntries(_place));
        string[] expected =
        [
            "configuration", "exposure", "state directory", "runtime directory", "server", "listen", "sqlite", "database", "open files", "processes", "kernel", "clone3", "cgroups", "recorder", "trial", "clock",
            "systemd",
        ];
        Assert.Equal(expected, findings.Select(finding => finding.Name));
        Assert.All(findings, finding => Assert.Equal(finding.State == "ok", finding.Advice is null));
        Assert.Contains("ran /bin/true", findings.Single(finding => finding.Name == "trial").Found, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Warnings_count_only_when_that_is_asked_for()
    {
        Write("listen: \"0.0.0.0:0\"");
        var (code, findings) = await RunAsync();
        Assert.Equal(0, code);
        Assert.Equal(["warning", "warning"], findings.Where(finding => finding.Name == "exposure").Select(finding => finding.State));
        Assert.Equal(1, (await RunAsync(more: ["--strict"])).Code);
    }

    [Fact]
    public async Task A_wrong_configuration_is_said_with_file_and_line()
    {
        Write("nonsense: 1\nlimits: {max_tasks: 0}");
        var (code, findings) = await RunAsync();
        Assert.Equal(1, code);
        var wrong = findings.Where(finding => finding is { Name: "configuration", State: "failed" }).Select(finding => finding.Found).ToList();
        Assert.Equal(2, wrong.Count);
        Assert.StartsWith($"{Config}:1: nonsense: ", wrong[0], StringComparison.Ordinal);
        Assert.StartsWith($"{Config}:2: limits.max_tasks: ", wrong[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Directories_of_others_or_open_to_others_are_refused()
    {
        Write("listen: \"127.0.0.1:0\"");
        Directory.CreateDirectory($"{_place}/state", (UnixFileMode)0b111_111_111);
        File.SetUnixFileMode($"{_place}/state", (UnixFileMode)0b111_111_111);
        Directory.CreateDirectory($"{_place}/run");
        await ForeignProgramAsync("chown", $"{OtherUser}", $"{_place}/run");
        var (code, findings) = await RunAsync();
        Assert.Equal(1, code);
        Assert.Contains("others may write", Failed(findings, "state directory"), StringComparison.Ordinal);
        Assert.Contains($"belongs to user {OtherUser}", Failed(findings, "runtime directory"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_read_only_file_system_and_one_in_memory_are_told_apart()
    {
        Write("listen: \"127.0.0.1:0\"");
        using var memory = Disk.Small($"{_place}/state", 4);
        var (_, findings) = await RunAsync();
        Assert.Contains("lies in memory", findings.Single(finding => finding is { Name: "state directory", State: "warning" }).Found, StringComparison.Ordinal);
        await ForeignProgramAsync("mount", "-o", "remount,ro", $"{_place}/state");
        (var code, findings) = await RunAsync();
        Assert.Equal(1, code);
        Assert.Contains("not writable", Failed(findings, "state directory"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_is_taken_and_who_has_it_is_named()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint($"{_place}/taken.sock"));
        socket.Listen();
        await File.WriteAllTextAsync($"{_place}/file", "", TestContext.Current.CancellationToken);
        Write(string.Create(CultureInfo.InvariantCulture, $"listen: [\"127.0.0.1:{port}\", \"unix:{_place}/taken.sock\", \"unix:{_place}/file\", \"unix:{_place}/nowhere/x.sock\", \"unix:{_place}/free.sock\", \"192.0.2.77:0\"]"));
        var (code, findings) = await RunAsync();
        Assert.Equal(1, code);
        var listen = findings.Where(finding => finding.Name == "listen").ToList();
        Assert.Equal(["failed", "failed", "failed", "failed", "ok", "failed"], listen.Select(finding => finding.State));
        Assert.Contains($"in use by pid {Environment.ProcessId} (", listen[0].Found, StringComparison.Ordinal);
        Assert.Contains("another server answers there", listen[1].Found, StringComparison.Ordinal);
        Assert.Contains("no socket", listen[2].Found, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_few_descriptors_are_a_warning_and_none_for_tasks_a_failure()
    {
        Write("listen: \"127.0.0.1:0\"");
        var (_, findings) = await RunAsync("prlimit", "--nofile=2000:2000");
        Assert.Contains("the hard limit is 2000: room for 450 running tasks, or 0 beside limits.max_connections", findings.Single(finding => finding is { Name: "open files", State: "warning" }).Found, StringComparison.Ordinal);
        (var code, findings) = await RunAsync("prlimit", "--nofile=190:190");
        Assert.Equal(1, code);
        Assert.Contains("room for 0 running tasks", Failed(findings, "open files"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_is_looked_at_and_left_as_it_is()
    {
        Write("listen: \"127.0.0.1:0\"");
        await using var site = new Site();
        await site.StartAsync();
        await using (var client = await site.ConnectAsync())
        {
            await client.StartShellAsync("t", "exit 0");
            await client.ExpectAsync("exited", "t");
        }

        await site.KillServerAsync();
        var database = $"{site.State}/overseer.db";
        Assert.True(File.Exists(database + "-wal"));
        var before = Files(site.State);
        var (code, findings) = await RunAsync(site);
        Assert.Equal(0, code);
        Assert.Matches("whole, .* schema version [0-9]+$", findings.Single(finding => finding.Name == "database").Found);
        Assert.Equal(before, Files(site.State));

        // The log with it: what is in there would lie over the damage.
        File.Delete(database + "-wal");
        using (var file = new FileStream(database, FileMode.Open, FileAccess.ReadWrite))
        {
            var bytes = new byte[file.Length];
            Array.Fill(bytes, (byte)0x5a);
            file.Position = 4096;
            file.Write(bytes.AsSpan(0, (int)Math.Max(0, file.Length - 4096)));
        }

        before = Files(site.State);
        (code, findings) = await RunAsync(site);
        Assert.Equal(1, code);
        Assert.Contains(database, Failed(findings, "database"), StringComparison.Ordinal);
        Assert.Equal(before, Files(site.State));
    }

    [Fact]
    public async Task A_running_server_is_recognized_and_not_disturbed()
    {
        await using var site = new Site(actions: RunningServer.Shell);
        await site.StartAsync();
        await using var client = await site.ConnectAsync();
        await client.StartShellAsync("t", $"echo 1; while [ ! -e {site.PathOf("enough")} ]; do sleep 0.05; done; echo 2");
        await client.ExpectAsync("output", "t");
        var (code, findings) = await RunAsync(site);
        Assert.Equal(0, code);
        Assert.Contains($"pid {site.Server.Id} runs, with 1 tasks", findings.Single(finding => finding.Name == "server").Found, StringComparison.Ordinal);
        Assert.Equal($"pid {site.RecorderPid} runs, of this program", findings.Single(finding => finding.Name == "recorder").Found);
        Assert.Equal("ok", findings.Single(finding => finding.Name == "database").State);
        await File.WriteAllTextAsync(site.PathOf("enough"), "", TestContext.Current.CancellationToken);
        Assert.Equal("2", (await client.ExpectAsync("output", "t")).Data);
        Assert.Equal(0, (await client.ExpectAsync("exited", "t")).ExitCode);
    }

    [Fact]
    public async Task Another_user_is_told_what_is_not_his()
    {
        await using var site = new Site();
        await site.StartAsync();
        File.SetUnixFileMode(site.Place, (UnixFileMode)0b111_101_101);
        var (code, findings) = await RunAsync(site, "setpriv", $"--reuid={OtherUser}", $"--regid={OtherUser}", "--clear-groups");
        Assert.Equal(1, code);
        Assert.Contains($"belongs to user 0, not to user {OtherUser}", Failed(findings, "state directory"), StringComparison.Ordinal);
        Assert.Equal("ok", findings.Single(finding => finding.Name == "trial").State);
        Assert.Equal("warning", findings.Single(finding => finding.Name == "cgroups").State);
    }

    [Fact]
    public async Task For_people_what_to_do_stands_below_what_was_found()
    {
        Write("nonsense: 1");
        var doctor = ServerProcess.Begin(ServerProcess.Program, "doctor", "--config", Config, "--state-dir", $"{_place}/state", "--runtime-dir", $"{_place}/run");
        var (code, text, talk) = await doctor.EndAsync();
        Assert.Equal(1, code);
        var lines = text.Split('\n');
        Assert.StartsWith($"failed   configuration      {Config}:1: nonsense: ", lines[0], StringComparison.Ordinal);
        Assert.Equal("                            -> correct it; overseer validate says whether it is right", lines[1]);
        Assert.Matches("^overseer: 1 failed, [0-9]+ warnings?\n$", talk);
        await doctor.DisposeAsync();
    }

    private string Config => $"{_place}/overseer.yaml";

    private void Write(string yaml) => File.WriteAllText(Config, yaml + "\n");

    private Task<(int Code, IReadOnlyList<Line> Findings)> RunAsync(string first, string second) => RunAsync((string[])[first, second]);

    private Task<(int Code, IReadOnlyList<Line> Findings)> RunAsync(string[]? prefix = null, string[]? more = null) =>
        RunLineAsync([.. prefix ?? [], ServerProcess.Program, "doctor", "--json", "--config", Config, "--state-dir", $"{_place}/state", "--runtime-dir", $"{_place}/run", .. more ?? []]);

    private static Task<(int Code, IReadOnlyList<Line> Findings)> RunAsync(Site site, params string[] prefix) =>
        RunLineAsync([.. prefix, ServerProcess.Program, "doctor", "--json", "--config", site.Config, "--state-dir", site.State, "--runtime-dir", site.PathOf("run")]);

    private static async Task<(int Code, IReadOnlyList<Line> Findings)> RunLineAsync(string[] line)
    {
        await using var doctor = ServerProcess.Begin(line);
        var (code, text, error) = await doctor.EndAsync();
        Assert.True(text.StartsWith('['), error);
        using var json = JsonDocument.Parse(text);
        return (code, [.. json.RootElement.EnumerateArray().Select(finding => new Line(
            finding.GetProperty("name").GetString()!,
            finding.GetProperty("state").GetString()!,
            finding.GetProperty("found").GetString()!,
            finding.TryGetProperty("advice", out var advice) ? advice.GetString() : null))]);
    }

    private static string Failed(IReadOnlyList<Line> findings, string name) => Assert.Single(findings, finding => finding.Name == name && finding.State == "failed").Found;

    private static List<string> Files(string directory) =>
        [.. new DirectoryInfo(directory).EnumerateFiles("overseer.db*").OrderBy(file => file.Name).Select(file => $"{file.Name} {file.Length} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file.FullName)))}")];

    private static async Task ForeignProgramAsync(params string[] line)
    {
        using var program = System.Diagnostics.Process.Start(line[0], line[1..]);
        await program.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, program.ExitCode);
    }

    private sealed record Line(string Name, string State, string Found, string? Advice);
}
