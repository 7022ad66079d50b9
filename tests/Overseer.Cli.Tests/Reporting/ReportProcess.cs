using System.Diagnostics;
using System.Text;

namespace Overseer.Cli.Tests.Reporting;

/// <summary>The built program as an image's entrypoint runs it, with directories of its own.</summary>
internal sealed class ReportProcess : IDisposable
{
    internal const string Token = "hush-hush-4711";

    private readonly Process _process;
    private readonly Task<string> _error;

    private ReportProcess(ProcessStartInfo start)
    {
        _process = Process.Start(start)!;
        _error = _process.StandardError.ReadToEndAsync();
    }

    internal StreamReader Out => _process.StandardOutput;

    internal int Id => _process.Id;

    /// <summary>The program.</summary>
    internal static string Program => Environment.GetEnvironmentVariable("OVERSEER_TEST_BINARY") is { Length: > 0 } given ? given : Path.Combine(AppContext.BaseDirectory, "Overseer.Cli");

    /// <summary>Begins a report.</summary>
    /// <param name="hub">The hub's address.</param>
    /// <param name="spool">Where the spool is.</param>
    /// <param name="arguments">Options, and the command behind <c>--</c>.</param>
    internal static ReportProcess Begin(string hub, string spool, params string[] arguments) => BeginBehind([], hub, spool, arguments);

    /// <summary>Begins a report by way of another program, which is given its command line.</summary>
    internal static ReportProcess BeginBehind(string[] prefix, string hub, string spool, params string[] arguments)
    {
        string[] line = [.. prefix, Program, "report", "--hub", hub, "--container-id", "box", "--spool", spool, .. arguments];
        return BeginProgram(line[0], line[1..]);
    }

    /// <summary>Begins a program that begins one.</summary>
    internal static ReportProcess BeginProgram(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["OVERSEER_HUB_TOKEN"] = Token;
        return new ReportProcess(start);
    }

    /// <summary>Types at its terminal.</summary>
    internal async Task TypeAsync(string keys)
    {
        await _process.StandardInput.WriteAsync(keys);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Reads what it prints, up to some text.</summary>
    internal async Task UntilAsync(string text)
    {
        var seen = new StringBuilder();
        char[] one = new char[1];
        using var patience = new CancellationTokenSource(TestHub.Deadline);
        while (!seen.ToString().EndsWith(text, StringComparison.Ordinal))
        {
            Assert.True(await Out.ReadAsync(one, patience.Token) > 0, $"it ended before it printed \"{text}\": {seen}");
            seen.Append(one[0]);
        }
    }

    /// <summary>Waits for its end.</summary>
    internal async Task<(int Code, string Out, string Error)> EndAsync()
    {
        _process.StandardInput.Close();
        string output = await Out.ReadToEndAsync().WaitAsync(TestHub.Deadline);
        await _process.WaitForExitAsync().WaitAsync(TestHub.Deadline);
        return (_process.ExitCode, output, await _error.WaitAsync(TestHub.Deadline));
    }

    internal void Signal(string signal) => LiveServer.Signal(_process, signal);

    /// <summary>Sends a signal to another process.</summary>
    internal static void Signal(int pid, string signal)
    {
        using Process kill = Process.Start("kill", ["-" + signal, $"{pid}"]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }
}
