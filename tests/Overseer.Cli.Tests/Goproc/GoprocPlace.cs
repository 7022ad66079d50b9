using System.Diagnostics;

namespace Overseer.Cli.Tests.Goproc;

/// <summary>A directory for the files of one goproc daemon, and the built program under the name goproc beside it.</summary>
internal sealed class GoprocPlace : IAsyncDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("goproc-").FullName;
    private readonly List<Process> _children = [];
    private readonly List<Process> _daemons = [];

    internal GoprocPlace()
    {
        Directory.CreateDirectory(Path.Combine(_root, "bin"));
        File.CreateSymbolicLink(Program, Binary);
        File.CreateSymbolicLink(Path.Combine(_root, "bin", "overseer"), Binary);
    }

    /// <summary>The built program as <c>goproc</c>.</summary>
    internal string Program => Path.Combine(_root, "bin", "goproc");

    /// <summary>Where the daemon's files go; it is not there before the daemon.</summary>
    internal string Runtime => Path.Combine(_root, "run");

    internal string Socket => Path.Combine(Runtime, "goproc.sock");

    internal string PidFile => Path.Combine(Runtime, "goproc.pid");

    internal string Snapshot => Path.Combine(Runtime, "goproc.snapshot.json");

    /// <summary>Variables over those of every run.</summary>
    internal Dictionary<string, string> Environment { get; } = [];

    private static string Binary
        => System.Environment.GetEnvironmentVariable("OVERSEER_TEST_BINARY") is { Length: > 0 } given ? given : Path.Combine(AppContext.BaseDirectory, "Overseer.Cli");

    internal string PathOf(string name) => Path.Combine(_root, name);

    /// <summary>Starts a daemon, and waits until it says that it runs.</summary>
    internal async Task<Process> DaemonAsync(params string[] arguments)
    {
        Process daemon = Begin(Program, ["daemon", .. arguments]);
        _daemons.Add(daemon);
        string said = await LiveServer.LineOfAsync(daemon);
        while (said == "Stopping existing daemon process...")
            said = await LiveServer.LineOfAsync(daemon);
        Assert.Equal("Started demon process", said);
        return daemon;
    }

    /// <summary>Ends a daemon as a user would, and gives what it said besides.</summary>
    internal static async Task<LiveServer.Result> StopAsync(Process daemon, string signal = "TERM")
    {
        LiveServer.Signal(daemon, signal);
        return await LiveServer.ResultOfAsync(daemon);
    }

    /// <summary>Starts a process for the registry; it is killed at the end.</summary>
    internal Process Child(params string[] line)
    {
        Process child = Begin(line[0], line[1..]);
        _children.Add(child);
        return child;
    }

    /// <summary>Runs goproc to its end.</summary>
    internal Task<LiveServer.Result> RunAsync(params string[] arguments) => LiveServer.ResultOfAsync(Begin(Program, arguments));

    /// <summary>Runs a command line that must succeed, and gives what it printed.</summary>
    internal async Task<string> AskAsync(params string[] arguments)
    {
        LiveServer.Result result = await RunAsync(arguments);
        Assert.Equal((0, ""), (result.Code, result.Error));
        return result.Out;
    }

    /// <summary>Waits until the list is as it should be. An exit is noticed at once, but nobody tells of it here: so this looks again and again.</summary>
    internal async Task ListedAsync(Func<string, bool> right)
    {
        using var deadline = new CancellationTokenSource(LiveServer.Deadline);
        for (string list = await AskAsync("list"); !right(list); list = await AskAsync("list"))
            Assert.False(deadline.IsCancellationRequested, list);
    }

    /// <summary>Runs a command line that must print exactly this.</summary>
    internal async Task PrintsAsync(string output, params string[] arguments)
        => Assert.Equal(new LiveServer.Result(0, output, ""), await RunAsync(arguments));

    /// <summary>Runs a command line that must fail with this message, in goproc's form, and print nothing, or what is given.</summary>
    internal async Task FailsAsync(string message, string[] arguments, string output = "")
    {
        LiveServer.Result result = await RunAsync(arguments);
        Assert.Equal((1, output), (result.Code, result.Out));
        string[] lines = result.Error.Split('\n');
        Assert.Equal("Error: " + message, lines[0]);
        Assert.StartsWith("Usage:", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("  goproc ", lines[2], StringComparison.Ordinal);
        Assert.Equal("", lines[^1]);
        Assert.Matches(@"^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d $", lines[^2][..20]);
        Assert.Equal(message, lines[^2][20..]);
        Assert.Equal("", lines[^3]);
    }

    /// <summary>Begins a program in the environment of this place.</summary>
    internal Process Begin(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = _root,
        };
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("OVERSEER_", StringComparison.Ordinal) || name.StartsWith("GOPROC_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        start.Environment["GOPROC_RUNTIME_DIR"] = Runtime;
        start.Environment["GOPROC_PING_TIMEOUT"] = "60s"; // the tests may run beside much else
        start.Environment["OVERSEER_STATE_DIR"] = PathOf("state");
        start.Environment["OVERSEER_RUNTIME_DIR"] = PathOf("overseer");
        foreach ((string name, string value) in Environment)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Process process in _daemons.Concat(_children))
        {
            if (!process.HasExited)
                process.Kill();
            await process.WaitForExitAsync().WaitAsync(LiveServer.Deadline);
            process.Dispose();
        }
        Directory.Delete(_root, recursive: true);
    }
}
