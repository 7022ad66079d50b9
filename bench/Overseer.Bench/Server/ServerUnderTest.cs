using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Overseer.Bench;

/// <summary>A real `overseer serve` in a directory of its own, and the recorder that it starts.</summary>
internal sealed class ServerUnderTest : IDisposable
{
    private readonly ChildProcess _process;
    private readonly string _directory;
    private int _recorder;

    private ServerUnderTest(ChildProcess process, IPEndPoint address, string directory)
    {
        _process = process;
        _directory = directory;
        Address = address;
    }

    internal IPEndPoint Address { get; }

    internal int Pid => _process.Pid;

    /// <summary>0 when the server keeps no recorder beside it.</summary>
    internal int RecorderPid => _recorder != 0 ? _recorder : _recorder = Children(Pid).FirstOrDefault(pid => CommandLine(pid).Contains("recorder"));

    internal CpuTimes Cpu => new(Interop.ProcessCpuSeconds(Pid), RecorderPid == 0 ? 0 : Interop.ProcessCpuSeconds(RecorderPid));

    /// <summary>Starts one. The database is kept as by default, or nothing is stored.</summary>
    internal static ServerUnderTest Start(string overseer, string root, bool stores = true, string? config = null) =>
        StartIn(overseer, PrivateDirectory.MakeUnique(root, "server-"), stores, config: config);

    /// <summary>Kills the server, and starts another in its place, which finds recorder and tasks of the one before.</summary>
    internal ServerUnderTest KillAndStartAgain(string overseer)
    {
        _process.Signal(Interop.SigKill);
        _ = _process.Wait(TimeSpan.FromSeconds(5));
        return StartIn(overseer, _directory, stores: true, RecorderPid);
    }

    private static ServerUnderTest StartIn(string overseer, string directory, bool stores, int recorder = 0, string? config = null)
    {
        var address = new IPEndPoint(IPAddress.Loopback, FreePort());
        var environment = Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
            .Select(entry => KeyValuePair.Create((string)entry.Key, (string)entry.Value!))
            .Where(pair => !pair.Key.StartsWith("OVERSEER_", StringComparison.Ordinal))
            .Append(new("OVERSEER_LISTEN", address.ToString()))
            .Concat(stores ? [] : [new KeyValuePair<string, string>("OVERSEER_DB", "none")])
            .Append(new("OVERSEER_STATE_DIR", PrivateDirectory.Make(directory, "state")))
            .Append(new("OVERSEER_RUNTIME_DIR", PrivateDirectory.Make(directory, "run")));
        using var log = File.OpenHandle(Path.Combine(directory, "server.log"), FileMode.Create, FileAccess.Write, FileShare.ReadWrite);
        var logFile = (int)log.DangerousGetHandle();
        var process = ChildProcess.Start(
            overseer, ["serve", "--config", config ?? Path.Combine(AppContext.BaseDirectory, "bench.yaml")], environment, logFile, logFile);
        var server = new ServerUnderTest(process, address, directory) { _recorder = recorder };
        try
        {
            server.AwaitReady();
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    /// <summary>Ends the server, then whatever it left, and removes its directory.</summary>
    public void Dispose()
    {
        var recorder = RecorderPid;
        _process.Signal(Interop.SigTerm);
        if (_process.Wait(TimeSpan.FromSeconds(20)) is null)
        {
            Console.Error.WriteLine("the server did not end within 20 s of SIGTERM");
            _process.Signal(Interop.SigKill);
            _ = _process.Wait(TimeSpan.FromSeconds(5));
        }
        // The number may belong to somebody else by now, so only a process that still is the recorder is ended.
        var begin = Stopwatch.GetTimestamp();
        while (recorder != 0 && CommandLine(recorder).Contains(_directory))
        {
            if (Stopwatch.GetElapsedTime(begin) > TimeSpan.FromSeconds(5))
            {
                _ = Interop.Kill(recorder, Interop.SigKill);
                break;
            }
            Thread.Sleep(10);
        }
        Directory.Delete(_directory, recursive: true);
    }

    private void AwaitReady()
    {
        var begin = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                using var client = WireClient.Connect(Address);
                return;
            }
            catch (Exception exception) when (exception is SocketException or IOException)
            {
                if (_process.Wait(TimeSpan.Zero) is { } code)
                    throw new InvalidOperationException($"the server ended with code {code}: {Log()}", exception);
                if (Stopwatch.GetElapsedTime(begin) > TimeSpan.FromSeconds(20))
                    throw new TimeoutException($"the server does not answer on {Address}: {exception.Message} {Log()}", exception);
                Thread.Sleep(10);
            }
        }
    }

    private string Log() => File.ReadAllText(Path.Combine(_directory, "server.log"));

    private static int FreePort()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }

    private static IEnumerable<int> Children(int parent) =>
        Directory.Exists($"/proc/{parent}/task")
            ? Directory.GetDirectories($"/proc/{parent}/task")
                .SelectMany(thread => ReadOrEmpty(thread + "/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Select(int.Parse)
            : [];

    private static string CommandLine(int pid) => ReadOrEmpty($"/proc/{pid}/cmdline").Replace('\0', ' ');

    private static string ReadOrEmpty(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return "";
        }
    }
}
