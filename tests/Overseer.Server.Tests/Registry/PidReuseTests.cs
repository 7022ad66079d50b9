using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Registry;

/// <summary>
/// A stranger gets the number of an adopted process: in a pid namespace of its own, where the kernel can be told which number comes next. The entry is dead, and nobody touches the stranger.
/// </summary>
public sealed class PidReuseTests : IAsyncLifetime
{
    private readonly string _place = Directory.CreateTempSubdirectory("overseer-reuse-").FullName;
    private Process? _init;
    private int _namespace;
    private ServerProcess? _server;

    public async ValueTask InitializeAsync()
    {
        // The first process of a namespace has to wait for orphans, or their numbers never become free.
        _init = Process.Start(new ProcessStartInfo("unshare", ["--pid", "--fork", "--mount-proc", "--kill-child", "python3", "-c", "import os,signal,time\nprint(1, flush=True)\nwhile True:\n try: os.wait()\n except ChildProcessError: time.sleep(0.005)"])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        await _init.StandardOutput.ReadLineAsync().WaitAsync(WireClient.Deadline);
        _namespace = int.Parse((await File.ReadAllTextAsync($"/proc/{_init.Id}/task/{_init.Id}/children")).Trim(), CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        if (_init is { } init)
        {
            init.Kill();
            await init.WaitForExitAsync().WaitAsync(WireClient.Deadline);
            init.Dispose();
        }

        Directory.Delete(_place, recursive: true);
    }

    [Fact]
    public async Task While_the_server_runs()
    {
        await StartServerAsync("");
        await using var client = await ConnectAsync();
        var victim = await SpawnAsync();
        var task = await AdoptAsync(client, victim);
        await client.AskAsync("subscribe", ("task_id", task));

        await EndAsync(victim);
        await ReuseAsync(victim);

        await client.ExpectAsync("exited", task);
        await NobodyTouchesAsync(client, victim, task);
        await StopServerAsync();
    }

    [Fact]
    public async Task While_there_is_no_server()
    {
        await StartServerAsync("");
        var victim = await SpawnAsync();
        string task;
        await using (var client = await ConnectAsync())
        {
            task = await AdoptAsync(client, victim);
        }

        await KillServerAsync();
        await EndAsync(victim);
        await ReuseAsync(victim);
        await StartServerAsync("");

        await using var next = await ConnectAsync();
        await NobodyTouchesAsync(next, victim, task);
        await StopServerAsync();
    }

    [Fact]
    public async Task Without_descriptors_before_anybody_has_looked()
    {
        await StartServerAsync("limits: {max_adopted_pidfds: 0}\ngoproc: {socket: " + _place + "/goproc.sock, liveness_interval: 1h}\n");
        await using var client = await ConnectAsync();
        var victim = await SpawnAsync();
        var task = await AdoptAsync(client, victim);
        await EndAsync(victim);
        await ReuseAsync(victim);

        // Nobody has looked, so the server still believes that it lives; but it knows whom it means.
        await client.SendAsync("stop", ("task_id", task), ("grace", "0"));
        await client.DrainAsync();

        Assert.True(await IsAliveAsync(victim));
        await StopServerAsync();
    }

    [Fact]
    public async Task Without_descriptors_the_next_look_tells()
    {
        await StartServerAsync("limits: {max_adopted_pidfds: 0}\ngoproc: {socket: " + _place + "/goproc.sock, liveness_interval: 100ms}\n");
        await using var client = await ConnectAsync();
        var victim = await SpawnAsync();
        var task = await AdoptAsync(client, victim);
        await client.AskAsync("subscribe", ("task_id", task));
        await EndAsync(victim);
        await ReuseAsync(victim);

        Assert.Equal((-1, null), (await client.ExpectAsync("exited", task)) is var exited ? (exited.ExitCode, exited.Signal) : default);
        await NobodyTouchesAsync(client, victim, task);
        await StopServerAsync();
    }

    private async Task NobodyTouchesAsync(WireClient client, int pid, string task)
    {
        var listed = Assert.Single(await client.ListAsync());
        Assert.Equal((task, "stopped", "exited"), (listed.TaskId, listed.Text("state"), listed.Text("worker_state")));
        Assert.Equal("task is not running", (await client.AskAsync("stop", ("task_id", task))).Message);
        Assert.Equal("task is not running", (await client.AskAsync("stop", ("pid", pid))).Message);
        Assert.True(await IsAliveAsync(pid));

        // The stranger is somebody, and can be adopted: as itself.
        var stranger = await AdoptAsync(client, pid);
        Assert.Equal([(task, "stopped"), (stranger, "active")], (await client.ListAsync()).Select(one => (one.TaskId!, one.Text("state")!)));
        await client.AskAsync("forget", ("task_id", task));
        Assert.True(await IsAliveAsync(pid));
    }

    /// <summary>Starts processes until one has this number.</summary>
    private async Task ReuseAsync(int pid)
    {
        for (var tries = 0; tries < 200; tries++)
        {
            var script = $"echo {pid - 1} > /proc/sys/kernel/ns_last_pid; sleep 2000 > /dev/null 2>&1 & echo $!";
            if (int.Parse(await InsideAsync(script), CultureInfo.InvariantCulture) == pid)
            {
                return;
            }
        }

        Assert.Fail($"nobody got pid {pid} again");
    }

    private async Task<int> SpawnAsync() => int.Parse(await InsideAsync("sleep 1000 > /dev/null 2>&1 & echo $!"), CultureInfo.InvariantCulture);

    private async Task EndAsync(int pid)
    {
        await InsideAsync($"kill -9 {pid}");
        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        while (await InsideAsync($"test -e /proc/{pid} && echo there || echo gone") != "gone")
        {
            Assert.False(deadline.IsCancellationRequested, $"pid {pid} is still there");
        }
    }

    private async Task<bool> IsAliveAsync(int pid) => (await InsideAsync($"cat /proc/{pid}/cmdline | tr '\\0' ' '")).StartsWith("sleep 2000", StringComparison.Ordinal);

    private async Task<string> InsideAsync(string script)
    {
        using var inside = Process.Start(new ProcessStartInfo("nsenter", ["-t", $"{_namespace}", "-p", "-m", "sh", "-c", script]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var output = await inside.StandardOutput.ReadToEndAsync().WaitAsync(WireClient.Deadline);
        await inside.WaitForExitAsync().WaitAsync(WireClient.Deadline);
        return output.Trim();
    }

    private async Task StartServerAsync(string yaml)
    {
        var config = Path.Combine(_place, "overseer.yaml");
        await File.WriteAllTextAsync(config, "listen: \"127.0.0.1:0\"\n" + yaml + RunningServer.Shell);
        _server = ServerProcess.Begin(
            "nsenter", "-t", $"{_namespace}", "-p", "-m", ServerProcess.Program, "serve", "--config", config, "--state-dir", Path.Combine(_place, "state"), "--runtime-dir", Path.Combine(_place, "run"));
        await _server.ReadyAsync();
    }

    private Task<WireClient> ConnectAsync() => WireClient.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(_place, "run/overseer.sock")));

    // The server is a child of nsenter, which takes no signals for it.
    private Task KillServerAsync() => EndServerAsync(Foreigner.Kill);

    private Task StopServerAsync() => EndServerAsync(Foreigner.Term);

    private async Task EndServerAsync(int signal)
    {
        Foreigner.Signal(signal, int.Parse((await File.ReadAllTextAsync($"/proc/{_server!.Id}/task/{_server.Id}/children")).Trim(), CultureInfo.InvariantCulture));
        await _server.EndAsync();
        await _server.DisposeAsync();
    }

    private static async Task<string> AdoptAsync(WireClient client, int pid)
    {
        var answer = await client.AskAsync("adopt", ("pid", pid));
        Assert.True(answer.Type == "adopted", answer.ToString());
        return answer.Json.GetProperty("task").GetProperty("task_id").GetString()!;
    }
}
