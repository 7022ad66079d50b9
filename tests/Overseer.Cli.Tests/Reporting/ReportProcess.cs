using System.Diagnostics;

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

    /// <summary>Begins a report.</summary>
    /// <param name="hub">The hub's address.</param>
    /// <param name="spool">Where the spool is.</param>
    /// <param name="arguments">Options, and the command behind <c>--</c>.</param>
    internal static ReportProcess Begin(string hub, string spool, params string[] arguments)
    {
        string program = Environment.GetEnvironmentVariable("OVERSEER_TEST_BINARY") is { Length: > 0 } given ? given : Path.Combine(AppContext.BaseDirectory, "Overseer.Cli");
        var start = new ProcessStartInfo(program, ["report", "--hub", hub, "--container-id", "box", "--spool", spool, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["OVERSEER_HUB_TOKEN"] = Token;
        return new ReportProcess(start);
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

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }
}
