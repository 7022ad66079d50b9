using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Overseer.Cli.Tests;

/// <summary><c>scripts/failed-tests</c>: what the end of a long log says of its failures.</summary>
public sealed class FailedTestsTests
{
    private const string Log = """
        Running tests from /src/tests/A/bin/Debug/net10.0/A.dll (net10.0|x64)
        failed A.T.Bad (4ms)
          Assert.Equal() Failure: Strings differ
        Expected: "a"
        Actual:   "b"
          from /src/tests/A/bin/Debug/net10.0/A.dll (net10.0|x64)
          Assert.Equal() Failure: Strings differ
          Expected: "a"
          Actual:   "b"
            at A.T.Bad() in /src/tests/A/T.cs:4
            at System.Reflection.MethodBaseInvoker.InterpretedInvoke_Method(Object obj, IntPtr* args)
        skipped A.T.Skipped
          no reason
          from /src/tests/A/bin/Debug/net10.0/A.dll (net10.0|x64)
        failed A.T.Worse(text: "x y") (1m 03s 003ms)
          System.InvalidOperationException : first
        failed thing (3ms)
          from /src/tests/A/bin/Debug/net10.0/A.dll (net10.0|x64)
          System.InvalidOperationException : first
          failed thing (3ms)
            at A.T.Worse(String text) in /src/tests/A/T.cs:5
        /src/tests/A/bin/Debug/net10.0/A.dll (net10.0|x64) failed with 2 error(s) (374ms)
        Exit code: 2
          Standard output: noise
        Running tests from /src/tests/B/bin/Debug/net10.0/B.dll (net10.0|x64)
        /src/tests/B/bin/Debug/net10.0/B.dll (net10.0|x64) failed with 1 error(s) (1s 285ms)
        Exit code: 137
          Error output: it was said before
        Running tests from /src/tests/C/bin/Debug/net10.0/C.dll (net10.0|x64)

        """;

    [Fact]
    public async Task Every_failure_is_told_with_its_message_and_every_process_that_did_not_end_by_itself()
        => Assert.Equal(
            """
            == what failed
            failed: A.T.Bad (4ms)
                Assert.Equal() Failure: Strings differ
                Expected: "a"
                Actual:   "b"
                  at A.T.Bad() in /src/tests/A/T.cs:4
            failed: A.T.Worse(text: "x y") (1m 03s 003ms)
                System.InvalidOperationException : first
                failed thing (3ms)
                  at A.T.Worse(String text) in /src/tests/A/T.cs:5
            failed: the test process B was ended by signal 9 (SIGKILL)
                Error output: it was said before
            failed: the test process C had not ended

            """,
            await TellAsync(Log));

    [Fact]
    public async Task Many_failures_are_told_in_few_lines_and_none_in_none()
    {
        string[] many = [.. Enumerable.Range(0, 20).Select(i => $"failed A.T.Bad{i} (4ms)\n  from /src/A.dll (net10.0|x64)\n" + string.Concat(Enumerable.Repeat("  line\n", 30)))];

        string[] told = (await TellAsync(string.Concat(many))).TrimEnd('\n').Split('\n');

        Assert.All(Enumerable.Range(0, 20), i => Assert.Contains($"failed: A.T.Bad{i} (4ms)", told));
        Assert.InRange(told.Length, 41, 61);
        Assert.Equal("", await TellAsync("Running tests from /src/A.dll (net10.0|x64)\n/src/A.dll (net10.0|x64) passed (7s 100ms)\n\nTest run summary: Passed!\n"));
    }

    private static async Task<string> TellAsync(string log)
    {
        using Process process = Process.Start(new ProcessStartInfo(Script()) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true })!;
        await process.StandardInput.WriteAsync(log);
        process.StandardInput.Close();
        string told = await process.StandardOutput.ReadToEndAsync().WaitAsync(LiveServer.Deadline);
        await process.WaitForExitAsync().WaitAsync(LiveServer.Deadline);
        Assert.Equal(0, process.ExitCode);
        return told;
    }

    private static string Script([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "../../scripts/failed-tests");
}
