using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Transports;

/// <summary>A server process whose client is this test, over its standard input and output.</summary>
internal sealed class StdioServer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _errors = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _reading;

    private StdioServer(Process process, string place)
    {
        _process = process;
        Place = place;
        _reading = ReadErrorsAsync();
    }

    public string Place { get; }

    /// <summary>The socket that every server has.</summary>
    public string Socket => Path.Combine(Place, "run", "overseer.sock");

    /// <summary>Starts a server that speaks over its standard input and output, and waits until it is ready.</summary>
    public static async Task<StdioServer> StartAsync(string yaml = RunningServer.Shell, params string[] arguments)
    {
        var place = Directory.CreateTempSubdirectory("overseer-stdio-").FullName;
        var config = Path.Combine(place, "overseer.yaml");
        await File.WriteAllTextAsync(config, yaml);
        var start = new ProcessStartInfo(
            ServerProcess.Program,
            ["serve", "--config", config, "--listen", "stdio", "--state-dir", Path.Combine(place, "state"), "--runtime-dir", Path.Combine(place, "run"), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            StandardInputEncoding = new UTF8Encoding(false),
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("OVERSEER_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        var server = new StdioServer(Process.Start(start)!, place);
        await server._ready.Task.WaitAsync(WireClient.Deadline);
        return server;
    }

    /// <summary>Writes text as it is.</summary>
    public async Task SendAsync(string text)
    {
        await _process.StandardInput.WriteAsync(text).WaitAsync(WireClient.Deadline);
        await _process.StandardInput.FlushAsync().WaitAsync(WireClient.Deadline);
    }

    /// <summary>The next line, which must be a JSON object; null at the end.</summary>
    public async Task<WireMessage?> ReadAsync()
    {
        if (await _process.StandardOutput.ReadLineAsync().WaitAsync(WireClient.Deadline) is not { } line)
        {
            return null;
        }

        using var document = JsonDocument.Parse(line);
        Assert.Equal(JsonValueKind.Object, document.RootElement.ValueKind);
        return new WireMessage(document.RootElement.Clone());
    }

    /// <summary>All lines up to the next that fits.</summary>
    public async Task<List<WireMessage>> UntilAsync(Func<WireMessage, bool> fits)
    {
        var all = new List<WireMessage>();
        while (all.Count == 0 || !fits(all[^1]))
        {
            all.Add(await ReadAsync() ?? throw new EndOfStreamException("the server ended: " + _errors));
        }

        return all;
    }

    /// <summary>Ends the input.</summary>
    public void EndInput() => _process.StandardInput.Close();

    /// <summary>Waits for the end of the process, reading nothing.</summary>
    public async Task<(int Code, string Error)> EndAsync()
    {
        await _process.WaitForExitAsync(CancellationToken.None).WaitAsync(WireClient.Deadline);
        return (_process.ExitCode, _errors.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        EndInput();
        await _process.WaitForExitAsync(CancellationToken.None).WaitAsync(WireClient.Deadline);
        await _reading.WaitAsync(WireClient.Deadline);
        _process.Dispose();
        Directory.Delete(Place, recursive: true);
    }

    private async Task ReadErrorsAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            _errors.Append(line).Append('\n');
            if (line.StartsWith("overseer is ready:", StringComparison.Ordinal))
            {
                _ready.TrySetResult();
            }
        }

        _ready.TrySetException(new InvalidOperationException("the server did not start: " + _errors));
    }
}
