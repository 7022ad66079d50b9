using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Overseer.Configuration;
using Overseer.Core.Drivers;
using Overseer.Hosting;

namespace Overseer.Server.Tests.Harness;

/// <summary>A real server in temporary directories, on a TCP port that the system chose and on its own UNIX socket; the recorder runs in this process.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    /// <summary>One action, <c>sh</c>, that runs the shell script in its parameter <c>script</c>.</summary>
    public const string Shell = """
        actions:
          sh:
            type: exec
            config:
              entrypoint: sh
              command: ["-c", "[[.script]]"]
              parameters: {script: }

        """;

    private readonly Func<Task<OverseerServer>> _startAgain;
    private OverseerServer _server;

    private RunningServer(string place, Places places, OverseerServer server, Func<Task<OverseerServer>> startAgain)
    {
        _startAgain = startAgain;
        Place = place;
        Places = places;
        _server = server;
        var endpoint = new Uri(server.Addresses[0]);
        Port = endpoint.Port;
    }

    /// <summary>The server itself.</summary>
    public OverseerServer Server => _server;

    /// <summary>A directory for the test's own files, beside those of the server. Deleted at the end.</summary>
    public string Place { get; }

    /// <summary>The drivers of the server, and of those that come after it.</summary>
    public required List<IDriver> Drivers { get; init; }

    /// <summary>The server's directories.</summary>
    public Places Places { get; }

    /// <summary>The TCP port on 127.0.0.1.</summary>
    public int Port { get; private set; }

    /// <summary>All addresses, as the server says them.</summary>
    public IReadOnlyList<string> Addresses => _server.Addresses;

    /// <summary>The address of the TCP port.</summary>
    public IPEndPoint EndPoint => new(IPAddress.Loopback, Port);

    /// <summary>Starts a server with a configuration, which need not say where to listen.</summary>
    public static Task<RunningServer> StartAsync(string yaml = Shell) => StartAsync(_ => yaml);

    /// <summary>Starts a server with a configuration that names files in <see cref="Place"/>.</summary>
    public static Task<RunningServer> StartAsync(Func<string, string> yaml, ILoggerFactory? logs = null) => StartAsync(yaml, ServeCommand.BuiltInDrivers, logs);

    /// <summary>Starts a server that listens elsewhere too; <c>PLACE</c> in an address stands for <see cref="Place"/>.</summary>
    public static Task<RunningServer> StartAsync(Func<string, string> yaml, IReadOnlyList<string> alsoListen, ILoggerFactory? logs = null) =>
        StartAsync(yaml, ServeCommand.BuiltInDrivers, logs, alsoListen);

    /// <summary>Starts a server that has other drivers.</summary>
    public static async Task<RunningServer> StartAsync(Func<string, string> yaml, IReadOnlyList<IDriver> drivers, ILoggerFactory? logs = null, IReadOnlyList<string>? alsoListen = null)
    {
        var place = Directory.CreateTempSubdirectory("overseer-server-").FullName;
        var file = Path.Combine(place, "overseer.yaml");
        await File.WriteAllTextAsync(file, yaml(place));
        var sources = new ConfigurationSources
        {
            FlagPath = file,
            Environment = ConfigurationSources.OwnEnvironment(),
            Listen = ["127.0.0.1:0", .. (alsoListen ?? []).Select(address => address.Replace("PLACE", place, StringComparison.Ordinal))],
            StateDirectory = Path.Combine(place, "state"),
            RuntimeDirectory = Path.Combine(place, "run"),
        };
        List<IDriver> own = [.. drivers];
        var check = Read();
        var configuration = check.Configuration ?? throw new ArgumentException("wrong configuration: " + string.Join('\n', check.Errors), nameof(yaml));
        var server = await OverseerServer.StartAsync(check, logs ?? NullLoggerFactory.Instance, TimeProvider.System, RecorderChoice.InProcess, Read);
        return new RunningServer(place, configuration.Places, server, () => OverseerServer.StartAsync(Read(), logs ?? NullLoggerFactory.Instance, TimeProvider.System, RecorderChoice.InProcess, Read)) { Drivers = own };

        CheckedConfiguration Read() => ConfigurationCheck.Run(sources, own);
    }

    /// <summary>Gives the server another configuration file, which it has not read yet.</summary>
    public void Configure(string yaml)
    {
        // At once, so that nobody reads a half of it.
        var draft = PathOf("overseer.yaml.new");
        File.WriteAllText(draft, yaml);
        File.Move(draft, PathOf("overseer.yaml"), overwrite: true);
    }

    /// <summary>The registry as goproc knows it.</summary>
    public Overseer.Registry.ProcessRegistry Registry => _server.Registry;

    /// <summary>A new client over TCP.</summary>
    public Task<WireClient> ConnectAsync() => WireClient.ConnectAsync(EndPoint);

    /// <summary>A new client over the UNIX socket.</summary>
    public Task<WireClient> ConnectUnixAsync() => WireClient.ConnectAsync(new System.Net.Sockets.UnixDomainSocketEndPoint(Places.ServerSocket));

    /// <summary>A new connection for frames that no client library would send.</summary>
    public Task<RawConnection> ConnectRawAsync() => RawConnection.OpenAsync(EndPoint);

    /// <summary>Completes when the server has noticed that all clients have gone. It does when it next reads from them: there is no event of that, so it is asked.</summary>
    public async Task UntilNobodyIsConnectedAsync()
    {
        using var http = new HttpClient { Timeout = WireClient.Deadline };
        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        while (!(await http.GetStringAsync($"http://{EndPoint}/healthz", deadline.Token)).Contains("\"connections\":0", StringComparison.Ordinal))
        {
            await Task.Yield();
        }
    }

    /// <summary>A path in <see cref="Place"/>.</summary>
    public string PathOf(string name) => Path.Combine(Place, name);

    /// <summary>Stops the server, and all tasks with it; its files stay until the end.</summary>
    public Task StopAsync() => _server.StopAsync();

    /// <summary>Stops the server as its configuration says, and starts the next one in the same directories, on another port.</summary>
    public async Task RestartAsync()
    {
        await _server.StopAsync();
        _server = await _startAgain();
        Port = new Uri(_server.Addresses[0]).Port;
    }

    /// <summary>Stops the server, and all tasks with it.</summary>
    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(Place, recursive: true);
    }
}
