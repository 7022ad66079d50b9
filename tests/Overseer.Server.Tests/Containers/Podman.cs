using System.Diagnostics;
using Overseer.Drivers.Docker.Engine;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Containers;

/// <summary>
/// A container engine of its own: podman's service, with storage, sockets and settings in a temporary directory, and one image made of busybox. Needs root. Nothing of the machine's own podman is touched, and nothing
/// comes from a network.
/// </summary>
public sealed class Podman : IAsyncLifetime
{
    /// <summary>The image: a file system with busybox, and no program to run by itself.</summary>
    public const string Image = "localhost/overseer-test:1";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private readonly string _place = Directory.CreateTempSubdirectory("ovpod-").FullName;
    private Process? _service;

    /// <summary>The engine's socket.</summary>
    public string Socket => Path.Combine(_place, "engine.sock");

    /// <summary>A client of it.</summary>
    internal EngineClient Client { get; private set; } = null!;

    /// <summary>An action <c>sh</c> that runs the shell script in its parameter <c>script</c> in a container, without a network; and <c>ps</c>, which is a process.</summary>
    /// <param name="config">More of its <c>config</c>: lines without indentation.</param>
    /// <param name="action">More of the action itself, likewise.</param>
    public string Actions(string config = "", string action = "") => $$"""
        actions:
          ps:
            type: exec
            config: {entrypoint: sh, command: ["-c", "[[.script]]"], parameters: {script: } }
          sh:
            type: docker
            {{Indented(action, 4)}}
            config:
              engine: {{Socket}}
              image: {{Image}}
              network: none
              pull: never
              entrypoint: sh
              command: ["-c", "[[.script]]"]
              parameters: {script: }
              {{Indented(config, 6)}}

        """;

    public async ValueTask InitializeAsync()
    {
        foreach (var name in (string[])["root", "run", "tmp", "fs/bin", "fs/tmp", "fs/etc", "fs/proc", "fs/dev", "fs/sys", "fs/root"]) Directory.CreateDirectory(Path.Combine(_place, name));
        await File.WriteAllTextAsync(Path.Combine(_place, "containers.conf"), """
            [containers]
            default_ulimits = ["nofile=1024:1024", "nproc=10000:10000"]
            netns = "none"
            log_driver = "k8s-file"
            [engine]
            runtime = "runc"
            cgroup_manager = "cgroupfs"
            events_logger = "file"
            """);
        await File.WriteAllTextAsync(Path.Combine(_place, "fs/etc/passwd"), "root:x:0:0:root:/root:/bin/sh\nagent:x:1000:1000:agent:/tmp:/bin/sh\n");
        await File.WriteAllTextAsync(Path.Combine(_place, "fs/etc/group"), "root:x:0:\nagent:x:1000:\n");
        var busybox = ((string[])["/bin/busybox", "/usr/bin/busybox"]).First(File.Exists);
        File.Copy(busybox, Path.Combine(_place, "fs/bin/busybox"));
        foreach (var name in (await ProgramAsync(busybox, "--list")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(name => name != "busybox"))
        {
            File.CreateSymbolicLink(Path.Combine(_place, "fs/bin", name), "busybox");
        }

        await ProgramAsync("tar", "-C", Path.Combine(_place, "fs"), "-cf", Path.Combine(_place, "fs.tar"), ".");
        await RunAsync("import", Path.Combine(_place, "fs.tar"), Image);
        Client = new EngineClient(Socket, TimeProvider.System);
        await StartServiceAsync();
    }

    /// <summary>Starts the service, and waits until it answers.</summary>
    public async Task StartServiceAsync()
    {
        _service = Process.Start(Start("podman", [.. Global, "system", "service", "--time=0", $"unix://{Socket}"], redirect: false));
        using var deadline = new CancellationTokenSource(Patience);
        while (true)
        {
            try
            {
                await Client.PingAsync(deadline.Token);
                return;
            }
            catch (EngineUnreachableException)
            {
                Assert.False(_service!.HasExited, "the service of podman ended");
                await Task.Delay(20, deadline.Token);
            }
        }
    }

    /// <summary>Kills the service, and waits until it is dead. Containers go on: each has a keeper of its own.</summary>
    public async Task KillServiceAsync()
    {
        _service!.Kill();
        await _service.WaitForExitAsync().WaitAsync(Patience);
        _service.Dispose();
        _service = null;
    }

    /// <summary>Runs a command of podman's that must succeed, and gives what it printed.</summary>
    public Task<string> RunAsync(params string[] arguments) => ProgramAsync("podman", [.. Global, .. arguments]);

    /// <summary>Starts a container that runs a shell script, as its user would, and gives its id.</summary>
    public async Task<string> BeginAsync(string name, string script, params string[] options)
    {
        // By the service: the keeper of a container would hold the pipes of the command that started it.
        var id = (await RunAsync(["create", "--name", name, "--network=none", .. options, Image, "sh", "-c", script])).Trim();
        await Client.StartAsync(id, CancellationToken.None);
        return id;
    }

    /// <summary>The containers of a task, running or not: id and state.</summary>
    internal Task<IReadOnlyList<ContainerSummary>> OfTaskAsync(string taskId) => Client.ListAsync($"overseer.task_id={taskId}", CancellationToken.None);

    /// <summary>Waits until a task has no container any more.</summary>
    internal async Task NoneOfTaskAsync(string taskId)
    {
        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        while ((await OfTaskAsync(taskId)).Count > 0) await Task.Delay(20, deadline.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await RunAsync("rm", "--all", "--force", "--time", "0");
        await KillServiceAsync();
        Client.Dispose();

        // The keepers of the last containers may be busy for a moment.
        using var deadline = new CancellationTokenSource(Patience);
        while (true)
        {
            try
            {
                Directory.Delete(_place, recursive: true);
                return;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException && !deadline.IsCancellationRequested)
            {
                await Task.Delay(50);
            }
        }
    }

    private string[] Global =>
    [
        "--root", Path.Combine(_place, "root"), "--runroot", Path.Combine(_place, "run"), "--tmpdir", Path.Combine(_place, "tmp"), "--storage-driver", "vfs", "--runtime", "runc", "--cgroup-manager", "cgroupfs",
    ];

    private static string Indented(string lines, int by) => string.Join("\n" + new string(' ', by), lines.Split('\n', StringSplitOptions.RemoveEmptyEntries));

    private ProcessStartInfo Start(string program, string[] arguments, bool redirect)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = redirect, RedirectStandardError = redirect, UseShellExecute = false };
        start.Environment["CONTAINERS_CONF"] = Path.Combine(_place, "containers.conf");
        return start;
    }

    private async Task<string> ProgramAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(Start(program, arguments, redirect: true))!;
        var said = process.StandardOutput.ReadToEndAsync();
        var complained = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Patience);
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {await complained}");
        return await said.WaitAsync(Patience);
    }
}
