using System.CommandLine;
using Overseer.Cli.Console;
using Overseer.Cli.Tasks;
using Overseer.Client;
using Overseer.Configuration;

namespace Overseer.Cli.Commands;

/// <summary>The options of every command that talks to a server: which one.</summary>
internal sealed class ServerOptions
{
    private readonly Option<string?> _host = new("--host", "-H")
    {
        Description = "The server: ws://HOST:PORT, wss://HOST:PORT, HOST:PORT or unix:/PATH (OVERSEER_HOST). Default: the socket in the runtime directory.",
        HelpName = "ADDRESS",
    };

    private readonly Option<string?> _runtime = new("--runtime-dir")
    {
        Description = "The runtime directory of a server on this machine (OVERSEER_RUNTIME_DIR).",
        HelpName = "DIR",
    };

    private readonly Option<string?> _token = new("--token")
    {
        Description = "The token that the server asks for (OVERSEER_TOKEN). Other users of this machine can see it in the list of processes.",
        HelpName = "TOKEN",
    };

    private readonly Option<string?> _tokenFile = new("--token-file")
    {
        Description = "A file that holds the token.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _caFile = new("--ca-file")
    {
        Description = "For wss://: a PEM file with the authorities to trust instead of the system's (OVERSEER_CA_FILE).",
        HelpName = "FILE",
    };

    internal void AddTo(Command command)
    {
        command.Options.Add(_host);
        command.Options.Add(_runtime);
        command.Options.Add(_token);
        command.Options.Add(_tokenFile);
        command.Options.Add(_caFile);
    }

    /// <summary>What to add to another command line so that it reaches the same server.</summary>
    internal string Repeat(ParseResult parsed)
        => parsed.GetValue(_host) is { Length: > 0 } host ? " --host " + host
            : parsed.GetValue(_runtime) is { Length: > 0 } runtime ? " --runtime-dir " + runtime
            : "";

    /// <summary>A flag wins over the environment, an address over a directory.</summary>
    /// <exception cref="UsageException">It cannot be read.</exception>
    internal OverseerEndpoint Endpoint(ParseResult parsed, CliConsole console) => Endpoint(parsed.GetValue(_host), parsed.GetValue(_runtime), console);

    /// <summary>The same by the values of the options.</summary>
    /// <exception cref="UsageException">It cannot be read.</exception>
    internal static OverseerEndpoint Endpoint(string? host, string? runtime, CliConsole console)
    {
        if (string.IsNullOrEmpty(host) && string.IsNullOrEmpty(runtime))
            host = console.Variable("OVERSEER_HOST");
        try
        {
            return string.IsNullOrEmpty(host) ? OverseerEndpoint.Unix(SocketOf(runtime)) : OverseerEndpoint.Parse(host);
        }
        catch (FormatException failure)
        {
            throw new UsageException(failure.Message);
        }
        catch (Core.Configuration.ConfigurationException failure)
        {
            throw new UsageException(failure.Message);
        }
    }

    /// <summary>Connects for a few requests.</summary>
    internal ServerRequests Open(ParseResult parsed, CliConsole console) => ServerRequests.Open(Endpoint(parsed, console), Options(parsed, console));

    /// <summary>Connects for what goes on for longer.</summary>
    internal async Task<OverseerClient> ConnectAsync(ParseResult parsed, CliConsole console, CancellationToken cancellation)
        => await OverseerClient.ConnectAsync(Endpoint(parsed, console), Options(parsed, console), cancellation);

    /// <summary>How to talk to it.</summary>
    /// <exception cref="UsageException">The token cannot be read, or cannot be one.</exception>
    internal OverseerClientOptions Options(ParseResult parsed, CliConsole console)
    {
        try
        {
            return new OverseerClientOptions
            {
                Clock = console.Clock,
                Token = Token(parsed.GetValue(_token), parsed.GetValue(_tokenFile), console),
                CaFile = CaFile(parsed.GetValue(_caFile), console),
            };
        }
        catch (ArgumentException failure)
        {
            throw new UsageException(failure.Message.Split(" (Parameter", 2)[0]);
        }
    }

    /// <summary>A flag wins over the environment.</summary>
    internal static string? CaFile(string? file, CliConsole console) => file ?? (console.Variable("OVERSEER_CA_FILE") is { Length: > 0 } variable ? variable : null);

    /// <summary>A flag wins over the environment.</summary>
    /// <exception cref="UsageException">Both flags are there, or the file cannot be read.</exception>
    internal static string? Token(string? token, string? file, CliConsole console)
    {
        if (token is not null && file is not null)
            throw new UsageException("only one of --token and --token-file is allowed");
        if (token is not null)
            return token;
        if (file is null)
            return console.Variable("OVERSEER_TOKEN") is { Length: > 0 } variable ? variable : null;
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"the token cannot be read: {failure.Message}");
        }
    }

    // Only the runtime directory counts here: a client must not fail because there is no place for state.
    private static string SocketOf(string? runtime) => Places.Resolve("/", runtime, ConfigurationSources.OwnEnvironment()).ServerSocket;
}
