using System.Diagnostics;
using Overseer.Hosting;

namespace Overseer.Cli.Tests;

/// <summary>The built program as a user runs it: a server in directories of its own, and commands that talk to it.</summary>
internal sealed class LiveServer : IAsyncDisposable
{
    internal static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly string _file;
    private Process? _server;

    private LiveServer(string configuration)
    {
        Place = Directory.CreateTempSubdirectory("overseer-cli-").FullName;
        _file = PathOf("overseer.yaml");
        File.WriteAllText(_file, "listen: 127.0.0.1:0\n" + configuration);
    }

    /// <summary>A directory for the test's own files, beside those of the server. Deleted at the end.</summary>
    internal string Place { get; }

    /// <summary>What the server said when it was ready: its addresses.</summary>
    internal string Ready { get; private set; } = "";

    internal string Configuration => _file;

    // The tests' own output folder holds the program as well, as they refer to it.
    private static string Binary
        => Environment.GetEnvironmentVariable("OVERSEER_TEST_BINARY") is { Length: > 0 } given ? given : Path.Combine(AppContext.BaseDirectory, "Overseer.Cli");

    internal static async Task<LiveServer> StartAsync(string configuration)
    {
        var server = new LiveServer(configuration);
        await server.StartAgainAsync();
        return server;
    }

    internal async Task StartAgainAsync()
    {
        _server = Begin("serve", "--config", _file);
        Ready = await _server.StandardOutput.ReadLineAsync().WaitAsync(Deadline) ?? "";
        if (Ready.Length == 0)
            throw new InvalidOperationException("the server did not start: " + await _server.StandardError.ReadToEndAsync());
    }

    /// <summary>Kills the server alone: its recorder and its tasks go on.</summary>
    internal async Task KillAsync()
    {
        _server!.Kill();
        await _server.WaitForExitAsync().WaitAsync(Deadline);
        _server.Dispose();
        _server = null;
    }

    internal string PathOf(string name) => Path.Combine(Place, name);

    /// <summary>Runs a command to its end.</summary>
    internal async Task<Result> RunAsync(params string[] arguments)
    {
        using Process process = Begin(arguments);
        return await ResultOfAsync(process);
    }

    /// <summary>Runs a command that must succeed, and gives what it printed.</summary>
    internal async Task<string> AskAsync(params string[] arguments)
    {
        Result result = await RunAsync(arguments);
        Assert.True(result.Code == 0, $"{string.Join(' ', arguments)}: code {result.Code}: {result.Error}");
        return result.Out;
    }

    /// <summary>Begins a command.</summary>
    internal Process Begin(params string[] arguments) => BeginProgram(Binary, arguments);

    /// <summary>Begins another program, which finds this one as <c>overseer</c> in its PATH.</summary>
    internal Process BeginProgram(string program, params string[] arguments)
    {
        string programs = PathOf("bin");
        if (!Directory.Exists(programs))
        {
            Directory.CreateDirectory(programs);
            File.CreateSymbolicLink(Path.Combine(programs, "overseer"), Binary);
        }
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("OVERSEER_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        start.Environment["OVERSEER_STATE_DIR"] = PathOf("state");
        start.Environment["OVERSEER_RUNTIME_DIR"] = PathOf("run");
        start.Environment["OVERSEER_COMPLETION_TIMEOUT"] = "30s"; // the tests may run beside much else
        start.Environment["HOME"] = Place;
        start.Environment["PATH"] = programs + ":" + Environment.GetEnvironmentVariable("PATH");
        return Process.Start(start)!;
    }

    internal static async Task<Result> ResultOfAsync(Process process)
    {
        process.StandardInput.Close();
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync().WaitAsync(Deadline);
        await process.WaitForExitAsync().WaitAsync(Deadline);
        return new Result(process.ExitCode, output, await error);
    }

    /// <summary>The next line that a command prints.</summary>
    internal static async Task<string> LineOfAsync(Process process)
        => await process.StandardOutput.ReadLineAsync().WaitAsync(Deadline) ?? throw new InvalidOperationException("no line came: " + await process.StandardError.ReadToEndAsync());

    internal static void Signal(Process process, string signal)
    {
        using Process kill = Process.Start("kill", ["-" + signal, process.Id.ToString()]);
        kill.WaitForExit();
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            Signal(_server, "TERM");
            await _server.WaitForExitAsync().WaitAsync(Deadline);
            Assert.Equal(ExitCodes.Ok, _server.ExitCode);
            _server.Dispose();
        }
        Directory.Delete(Place, recursive: true);
    }

    /// <summary>How a command ended.</summary>
    internal sealed record Result(int Code, string Out, string Error);
}
