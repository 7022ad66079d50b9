using System.Diagnostics;
using System.Runtime.CompilerServices;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Foreign;

/// <summary>A program that is not ours, run to its end. One that is missing fails the test; <c>scripts/test</c> installs them.</summary>
internal static class ForeignProgram
{
    /// <summary>What a conversation of some fifty messages may take.</summary>
    private static readonly TimeSpan Deadline = 3 * WireClient.Deadline;

    /// <summary>A file in this folder.</summary>
    public static string Source(string name, [CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, name);

    /// <summary>Runs a program and gives its exit code and what it wrote.</summary>
    public static async Task<(int Code, string Out, string Error)> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        // Where Debian puts the modules of node; only its own node looks there by itself.
        start.Environment["NODE_PATH"] = "/usr/share/nodejs";
        start.Environment["PYTHONIOENCODING"] = "utf-8";
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        try
        {
            await process.WaitForExitAsync().WaitAsync(Deadline);
        }
        catch (TimeoutException e)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end; it said: {await output}{await error}", e);
        }

        return (process.ExitCode, await output, await error);
    }
}
