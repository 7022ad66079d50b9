using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Overseer.Server.Tests.Harness;

/// <summary><c>overseer serve</c> as a process of its own. <c>OVERSEER_TEST_BINARY</c> names another build of the program.</summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _errors = new();
    private readonly Task _reading;
    private bool _ended;

    private ServerProcess(Process process)
    {
        _process = process;
        _reading = ReadAsync(process.StandardError);
    }

    public int Id => _process.Id;

    /// <summary>The folder with the program: the tests' own output folder holds it, as they refer to it.</summary>
    public static string Program => Environment.GetEnvironmentVariable("OVERSEER_TEST_BINARY") is { Length: > 0 } given ? given : Path.Combine(AppContext.BaseDirectory, "Overseer.Cli");

    /// <summary>Starts the program with these arguments, which begin with a prefix such as <c>setpriv</c>, or with <see cref="Program"/>.</summary>
    public static ServerProcess Begin(params string[] line)
    {
        var start = new ProcessStartInfo(line[0], line[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("OVERSEER_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        return new ServerProcess(Process.Start(start)!);
    }

    /// <summary>Waits until the server says that it is ready, and gives the TCP port it names.</summary>
    public async Task<int> ReadyAsync()
    {
        if (await _process.StandardOutput.ReadLineAsync().WaitAsync(WireClient.Deadline) is not { } line)
        {
            var end = await EndAsync();
            throw new InvalidOperationException($"the server did not start, code {end.Code}: {end.Error}");
        }

        return Address().Match(line) is { Success: true } port ? int.Parse(port.Groups["port"].Value, System.Globalization.CultureInfo.InvariantCulture) : 0;
    }

    /// <summary>Sends a signal, such as <c>TERM</c>.</summary>
    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    /// <summary>Waits for the end.</summary>
    public async Task<(int Code, string Out, string Error)> EndAsync()
    {
        var rest = await _process.StandardOutput.ReadToEndAsync().WaitAsync(WireClient.Deadline);
        await _process.WaitForExitAsync().WaitAsync(WireClient.Deadline);
        await _reading.WaitAsync(WireClient.Deadline);
        _ended = true;
        return (_process.ExitCode, rest, _errors.ToString());
    }

    /// <summary>
    /// Waits until no process has this path in its command line: the server, its recorder. The recorder ends by itself some moments after its
    /// server, of which nobody is told; so this looks again and again.
    /// </summary>
    public static async Task NobodyLeftAsync(string path)
    {
        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        while (CommandLines().FirstOrDefault(line => line.Contains(path, StringComparison.Ordinal)) is { } left)
        {
            Assert.False(deadline.IsCancellationRequested, $"still there: {left}");
            await Task.Delay(20);
        }
    }

    /// <summary>Whether somebody answers on a UNIX socket.</summary>
    public static bool Answers(string socketPath)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(socketPath));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_ended && !_process.HasExited)
        {
            Signal("TERM");
            await _process.WaitForExitAsync().WaitAsync(WireClient.Deadline);
        }

        _process.Dispose();
    }

    private static IEnumerable<string> CommandLines()
    {
        foreach (var directory in Directory.EnumerateDirectories("/proc").Where(name => char.IsAsciiDigit(Path.GetFileName(name)[0])))
        {
            string? line = null;
            try
            {
                line = File.ReadAllText(Path.Combine(directory, "cmdline")).Replace('\0', ' ');
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It has just ended.
            }

            if (line is not null)
            {
                yield return $"{Path.GetFileName(directory)}: {line}";
            }
        }
    }

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            _errors.Append(line).Append('\n');
        }
    }

    [GeneratedRegex(@"ws://[^ ]*:(?<port>\d+)/ws", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Address();
}
