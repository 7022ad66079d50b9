using System.Diagnostics;
using System.Net.Sockets;
using Overseer.Recorder.Cgroups;
using Overseer.Server.Tests.Harness;
using Overseer.Server.Tests.Metrics;

namespace Overseer.Server.Tests.Faults;

/// <summary>
/// A state directory and a runtime directory with servers that come and go on them: real processes, with real recorders. Ends all of them, and every task.
/// </summary>
internal sealed class Site : IAsyncDisposable
{
    private readonly string _config;
    private readonly List<Disk> _disks = [];
    private ServerProcess? _server;

    public Site(string yaml = "", string actions = RunningServer.Shell)
    {
        Place = Directory.CreateTempSubdirectory("overseer-site-").FullName;
        _config = PathOf("overseer.yaml");
        File.WriteAllText(_config, "listen: \"127.0.0.1:0\"\n" + yaml + "\n" + actions);
    }

    /// <summary>A directory for the test's own files, beside those of the servers.</summary>
    public string Place { get; }

    /// <summary>The state directory.</summary>
    public string State => PathOf("state");

    /// <summary>The configuration file.</summary>
    public string Config => _config;

    /// <summary>The server that runs now.</summary>
    public ServerProcess Server => _server ?? throw new InvalidOperationException("no server runs");

    /// <summary>The pid of the recorder of this place.</summary>
    public int RecorderPid => FindRecorder() ?? throw new InvalidOperationException("no recorder runs");

    /// <summary>The pids of all recorders of this place; one that cannot die yet counts.</summary>
    public IEnumerable<int> RecorderPids =>
        Pids().Where(pid => CommandLine(pid) is { } line && line.Contains(" recorder ", StringComparison.Ordinal) && line.Contains(Place, StringComparison.Ordinal));

    /// <summary>The pids of everything of this place that runs beside the server: its recorder, its tasks.</summary>
    public IReadOnlyList<int> Others => [.. Pids().Where(pid => pid != _server?.Id && Holds(pid, Place))];

    /// <summary>A path in <see cref="Place"/>.</summary>
    public string PathOf(string name) => Path.Combine(Place, name);

    /// <summary>Puts a file system of its own at a directory below <see cref="Place"/>, for as long as the site is there.</summary>
    public Disk Mount(Disk disk)
    {
        _disks.Add(disk);
        return disk;
    }

    /// <summary>What the server says about itself.</summary>
    public Task<string> HealthAsync() => GetAsync("/healthz");

    /// <summary>What the server counts.</summary>
    public async Task<PrometheusPage> MetricsAsync() => PrometheusPage.Parse(await GetAsync("/metrics"));

    private async Task<string> GetAsync(string path)
    {
        using var http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancel) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(PathOf("run/overseer.sock")), cancel);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        var answer = await http.GetAsync("http://localhost" + path, deadline.Token);
        return await answer.Content.ReadAsStringAsync(deadline.Token);
    }

    /// <summary>Waits until the server says that about itself.</summary>
    public async Task HealthAsync(string expected)
    {
        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        string health;
        while (!(health = await HealthAsync()).Contains(expected, StringComparison.Ordinal))
        {
            Assert.False(deadline.IsCancellationRequested, $"waited for {expected}, it says {health}");
            await Task.Delay(50);
        }
    }

    /// <summary>Waits until a program has made a file of that name in <see cref="Place"/>, and gives what is in it.</summary>
    public async Task<string> FileAsync(string name)
    {
        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        while (!File.Exists(PathOf(name)))
        {
            Assert.False(deadline.IsCancellationRequested, $"there is no {name}");
            await Task.Delay(10);
        }

        return await File.ReadAllTextAsync(PathOf(name));
    }

    /// <summary>Writes another configuration, for the next server.</summary>
    public void Configure(string yaml) => File.WriteAllText(_config, "listen: \"127.0.0.1:0\"\n" + yaml + "\n" + RunningServer.Shell);

    /// <summary>Starts a server and waits until it is ready.</summary>
    public async Task<ServerProcess> StartAsync(params string[] prefix)
    {
        _server = Begin(prefix);
        await _server.ReadyAsync();
        return _server;
    }

    /// <summary>Starts a server.</summary>
    public ServerProcess Begin(params string[] prefix) =>
        _server = ServerProcess.Begin([.. prefix, ServerProcess.Program, "serve", "--config", _config, "--state-dir", State, "--runtime-dir", PathOf("run")]);

    /// <summary>A new client over the server's own socket.</summary>
    public Task<WireClient> ConnectAsync() => WireClient.ConnectAsync(new UnixDomainSocketEndPoint(PathOf("run/overseer.sock")));

    /// <summary>Kills the server, and waits until it is dead.</summary>
    public async Task KillServerAsync()
    {
        Server.Signal("KILL");
        await Server.EndAsync();
        await Server.DisposeAsync();
        _server = null;
    }

    /// <summary>Kills the recorder, and waits until it is dead.</summary>
    public void KillRecorder()
    {
        var pid = RecorderPid;
        Kill("KILL", pid);
        using var process = TryFind(pid);
        process?.WaitForExit(WireClient.Deadline);
    }

    /// <summary>Sends a signal to a process.</summary>
    public static void Kill(string signal, int pid)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{pid}"]);
        kill.WaitForExit();
    }

    /// <summary>Waits until somebody else than the recorder with that pid is there.</summary>
    public async Task<int> NextRecorderAsync(int former)
    {
        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        while (true)
        {
            if (FindRecorder() is { } pid && pid != former)
            {
                return pid;
            }

            Assert.False(deadline.IsCancellationRequested, "no other recorder came");
            await Task.Delay(10);
        }
    }

    public async ValueTask DisposeAsync()
    {
        // What is stuck would not end.
        _disks.ForEach(disk => disk.Release());
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        // A server that was killed leaves its recorder, and that one its tasks.
        foreach (var pid in Pids().Where(pid => Holds(pid, Place)).ToList())
        {
            Kill("KILL", pid);
        }

        // Nor does anybody clear away the groups of what was killed.
        foreach (var place in File.Exists(PathOf("run/cgroups")) ? await File.ReadAllLinesAsync(PathOf("run/cgroups")) : [])
        {
            var group = new RunCgroup(place, Guid.Empty);
            group.Kill();
            group.WaitUntilEmpty(WireClient.Deadline);
            group.TryRemove();
        }

        // The last one first: it may be mounted in another.
        _disks.Reverse();
        _disks.ForEach(disk => disk.Dispose());
        Directory.Delete(Place, recursive: true);
    }

    private int? FindRecorder() => RecorderPids.Select(pid => (int?)pid).FirstOrDefault();

    private static bool Holds(int pid, string place) =>
        CommandLine(pid)?.Contains(place, StringComparison.Ordinal) == true || ReadAll($"/proc/{pid}/environ")?.Contains(place, StringComparison.Ordinal) == true;

    private static IEnumerable<int> Pids() => Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => char.IsAsciiDigit(name![0])).Select(name => int.Parse(name!, System.Globalization.CultureInfo.InvariantCulture));

    private static string? CommandLine(int pid) => ReadAll($"/proc/{pid}/cmdline")?.Replace('\0', ' ');

    private static string? ReadAll(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static Process? TryFind(int pid)
    {
        try
        {
            return Process.GetProcessById(pid);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
