using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Overseer.Recorder.Cgroups;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Faults;

/// <summary>The units, as a real systemd understands them. Needs root.</summary>
public sealed class SystemdTests : IDisposable
{
    private readonly string _place = Directory.CreateTempSubdirectory("overseer-systemd-").FullName;

    public void Dispose() => Directory.Delete(_place, recursive: true);

    [Theory]
    [InlineData("system")]
    [InlineData("user")]
    public async Task The_units_are_understood(string kind)
    {
        WriteUnits(kind, "/bin/true", unit => unit);
        var (code, said) = await RunAsync("env", $"XDG_RUNTIME_DIR={_place}", "systemd-analyze", "verify", $"--{kind}", $"{_place}/overseer.service", $"{_place}/overseer-recorder.service");

        // Before systemd 254 one key is not known; it is written so that nothing depends on it.
        Assert.DoesNotContain(said.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => !line.Contains("'DelegateSubgroup'", StringComparison.Ordinal));
        Assert.Equal(0, code);
    }

    [Fact]
    public async Task Restarting_server_and_recorder_touches_no_task()
    {
        await File.WriteAllTextAsync(Path.Combine(_place, "overseer.yaml"), "listen: \"127.0.0.1:0\"\n" + RunningServer.Shell);
        await File.WriteAllTextAsync(Path.Combine(_place, "box.target"), "[Unit]\nDescription=Nothing but Overseer\nRequires=overseer.service\n");
        // Nothing else is there that units depend on by default.
        WriteUnits("system", ServerProcess.Program, unit => unit
            .Replace("[Unit]", "[Unit]\nDefaultDependencies=no", StringComparison.Ordinal)
            .Replace("%E/overseer/", _place + "/", StringComparison.Ordinal)
            .Replace("[Service]", $"[Service]\nEnvironment=DOTNET_ROOT={Environment.GetEnvironmentVariable("DOTNET_ROOT")}", StringComparison.Ordinal));
        var mount = CgroupMount.Find()!.Path;
        var group = new RunCgroup($"{mount}/overseer-box-{Guid.NewGuid():N}", Guid.Empty);
        Directory.CreateDirectory(group.Path);
        using var box = Process.Start("sh", ["-c", "echo $$ > $0/cgroup.procs; exec unshare --pid --fork --kill-child --mount --cgroup --uts --ipc sh \"$@\"", group.Path, BoxScript(), _place])!;
        try
        {
            var systemd = await FirstProcessAsync(box.Id);
            await SystemctlAsync(systemd, "is-system-running", "--wait");
            await RestartKeepsTasksAsync(systemd, group);
        }
        finally
        {
            group.Kill();
            group.WaitUntilEmpty(WireClient.Deadline);
            Assert.True(group.TryRemove());
        }
    }

    private async Task RestartKeepsTasksAsync(int systemd, RunCgroup group)
    {
        await SystemctlAsync(systemd, "start", "overseer.service");
        var socket = new UnixDomainSocketEndPoint($"/proc/{systemd}/root/run/overseer/overseer.sock");
        var life = new Fifo(Path.Combine(_place, "life"));
        var go = new Fifo(Path.Combine(_place, "go"));
        var gone = life.Gone();
        int pid;
        await using (var client = await WireClient.ConnectAsync(socket))
        {
            pid = (await client.StartShellAsync("t", $"exec 9> {life.Path}; (setsid env -i sleep 1000 &); echo before; read _ < {go.Path}; echo after; exec sleep 1000")).Pid;
            await client.ExpectAsync("output", "t");
        }

        Assert.Contains(Directory.GetDirectories(group.Path, "*", SearchOption.AllDirectories), path => path.Contains("/system.slice/overseer-recorder.service/overseer-", StringComparison.Ordinal));
        await SystemctlAsync(systemd, "restart", "overseer.service");
        await SystemctlAsync(systemd, "reload", "overseer.service");
        await SystemctlAsync(systemd, "restart", "overseer-recorder.service");
        await go.OpenAsync();

        await using var next = await WireClient.ConnectAsync(socket);
        await next.SendAsync("subscribe", ("task_id", "t"), ("from_seq", 1));
        Assert.Equal("before", (await next.ExpectAsync("output", "t")).Data);
        Assert.Equal("after", (await next.ExpectAsync("output", "t")).Data);
        Assert.Equal(pid, (int)(Assert.Single(await next.ListAsync()).Number("current_pid") ?? 0));
        await next.SendAsync("stop", ("task_id", "t"));
        await next.ExpectAsync("exited", "t");
        await gone;
    }

    private void WriteUnits(string kind, string binary, Func<string, string> change)
    {
        foreach (var name in (string[])["overseer.service", "overseer-recorder.service"])
        {
            var unit = File.ReadAllText(Path.Combine(Sources(), "../../../packaging/systemd", kind, name + ".in")).Replace("@BIN@", binary, StringComparison.Ordinal);
            File.WriteAllText(Path.Combine(_place, name), change(unit));
        }
    }

    private static string BoxScript() => Path.Combine(Sources(), "systemd-box.sh");

    private static string Sources([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;

    private static async Task SystemctlAsync(int systemd, params string[] arguments)
    {
        var (code, said) = await RunAsync(["nsenter", "-t", systemd.ToString(CultureInfo.InvariantCulture), "-p", "-m", "-C", "-u", "-i", "systemctl", "--no-pager", .. arguments]);
        Assert.True(code == 0 || arguments[0] == "is-system-running", $"systemctl {string.Join(' ', arguments)}: {said}");
    }

    private static async Task<(int Code, string Said)> RunAsync(params string[] line)
    {
        using var process = Process.Start(new ProcessStartInfo(line[0], line[1..]) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = await process.StandardError.ReadToEndAsync().WaitAsync(TimeSpan.FromMinutes(2));
        await process.WaitForExitAsync();
        return (process.ExitCode, error + await output);
    }

    /// <summary>The one child of unshare, once it is systemd and answers.</summary>
    private static async Task<int> FirstProcessAsync(int unshare)
    {
        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        while (true)
        {
            var children = await File.ReadAllTextAsync($"/proc/{unshare}/task/{unshare}/children", deadline.Token);
            if (int.TryParse(children.Trim(), CultureInfo.InvariantCulture, out var pid) && File.Exists($"/proc/{pid}/root/run/systemd/private"))
            {
                return pid;
            }

            await Task.Delay(50, deadline.Token);
        }
    }
}
