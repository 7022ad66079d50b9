using System.CommandLine;
using Overseer.Cli.Console;
using Overseer.Cli.Reporting;
using Overseer.Client;
using Overseer.Configuration;
using Overseer.Core.Configuration;

namespace Overseer.Cli.Commands;

/// <summary><c>overseer report</c>.</summary>
internal static class ReportCommand
{
    private const int MaxContainerIdLength = 256;
    private const long MinSpoolBytes = 1 << 20;

    internal static Command Build(CliConsole console)
    {
        var hub = new Option<string?>("--hub") { Description = "The hub: ws://HOST:PORT[/PATH], wss://…, HOST:PORT or unix:/PATH (OVERSEER_HUB).", HelpName = "URL" };
        var token = new Option<string?>("--token") { Description = "The token that the hub asks for (OVERSEER_HUB_TOKEN, AUTH_TOKEN). Other users of this machine can see it in the list of processes.", HelpName = "TOKEN" };
        var tokenFile = new Option<string?>("--token-file") { Description = "A file that holds the token.", HelpName = "FILE" };
        var caFile = new Option<string?>("--ca-file") { Description = "For wss://: a PEM file with the authorities to trust instead of the system's (OVERSEER_CA_FILE).", HelpName = "FILE" };
        var container = new Option<string?>("--container-id") { Description = "What the hub calls this container (CONTAINER_ID). Default: the name of the host.", HelpName = "ID" };
        var spool = new Option<string?>("--spool") { Description = "Where to keep what the hub does not take at once (OVERSEER_SPOOL). Default: report in the state directory.", HelpName = "DIR" };
        var spoolBytes = new Option<string?>("--spool-bytes") { Description = "How much to keep; then the oldest lines go. Default: 64MiB.", HelpName = "BYTES" };
        var heartbeat = new Option<string?>("--heartbeat") { Description = "The longest time between two signs of life. Default: 10s.", HelpName = "TIME" };
        var drain = new Option<string?>("--drain") { Description = "How long to wait for the hub once the command has ended. Default: 30s.", HelpName = "TIME" };
        var grace = new Option<string?>("--grace") { Description = "The time between SIGTERM and SIGKILL when the hub asks for a stop. Default: 10s.", HelpName = "TIME" };
        var quiet = new Option<bool>("--quiet", "-q") { Description = "Report what the command prints, and do not print it again." };
        var words = new Argument<string[]>("COMMAND") { Description = "The program and its arguments, behind --.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("report", "Run a command and report it to a hub. Ends with the command's exit code.")
        {
            hub, token, tokenFile, caFile, container, spool, spoolBytes, heartbeat, drain, grace, quiet, words,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var options = new ReporterOptions
            {
                Hub = HubOf(parsed.GetValue(hub) ?? console.Variable("OVERSEER_HUB")),
                Client = ClientOf(Token(parsed.GetValue(token), parsed.GetValue(tokenFile), console), ServerOptions.CaFile(parsed.GetValue(caFile), console), console),
                ContainerId = ContainerIdOf(parsed.GetValue(container) ?? console.Variable("CONTAINER_ID") ?? Environment.MachineName),
                Command = parsed.GetRequiredValue(words),
                SpoolDirectory = SpoolOf(parsed.GetValue(spool) ?? console.Variable("OVERSEER_SPOOL")),
                SpoolBytes = BytesOf(parsed.GetValue(spoolBytes)) ?? (64 << 20),
                Heartbeat = Positive("--heartbeat", parsed.GetValue(heartbeat)) ?? TimeSpan.FromSeconds(10),
                Drain = Durations.Read("--drain", parsed.GetValue(drain)) ?? TimeSpan.FromSeconds(30),
                Grace = Durations.Read("--grace", parsed.GetValue(grace)) ?? TimeSpan.FromSeconds(10),
                Quiet = parsed.GetValue(quiet),
            };
            using var reporter = new Reporter(options, console);
            return await reporter.RunAsync(cancellation);
        });
        return command;
    }

    /// <summary>Reads the address of a hub.</summary>
    internal static OverseerEndpoint HubOf(string? text)
    {
        try
        {
            return OverseerEndpoint.ParseHub(text ?? throw new UsageException("no hub is named: give one with --hub URL or OVERSEER_HUB"));
        }
        catch (FormatException failure)
        {
            throw new UsageException(failure.Message);
        }
    }

    private static OverseerClientOptions ClientOf(string? token, string? caFile, CliConsole console)
    {
        try
        {
            return new OverseerClientOptions
            {
                Clock = console.Clock,
                Token = token,
                CaFile = caFile,
                FirstPause = TimeSpan.FromMilliseconds(100),
                LongestPause = TimeSpan.FromSeconds(10),
            };
        }
        catch (ArgumentException failure)
        {
            throw new UsageException(failure.Message.Split(" (Parameter", 2)[0]);
        }
    }

    private static string? Token(string? token, string? file, CliConsole console)
        => token is null && file is null
            ? console.Variable(ReportedProgram.TokenVariable) ?? console.Variable("AUTH_TOKEN")
            : ServerOptions.Token(token, file, console);

    private static string ContainerIdOf(string id) => id.Length is > 0 and <= MaxContainerIdLength && !id.Any(char.IsControl)
        ? id
        : throw new UsageException($"--container-id: it has 1 to {MaxContainerIdLength} characters, none of them a control character");

    // A container may have no place for state at all; then what waits is in memory.
    private static string? SpoolOf(string? given)
    {
        if (given is not null)
            return Path.GetFullPath(given);
        try
        {
            return Path.Combine(Places.Resolve(null, "/", ConfigurationSources.OwnEnvironment()).StateDirectory, "report");
        }
        catch (ConfigurationException)
        {
            return null;
        }
    }

    private static long? BytesOf(string? text)
    {
        if (text is null)
            return null;
        return ByteSize.TryParse(text, out long bytes) && bytes >= MinSpoolBytes
            ? bytes
            : throw new UsageException($"--spool-bytes {text}: it must be a number of bytes from {ByteSize.Format(MinSpoolBytes)} on, such as 64MiB");
    }

    private static TimeSpan? Positive(string option, string? text)
        => Durations.Read(option, text) is not { } time ? null : time >= TimeSpan.FromMilliseconds(100) ? time : throw new UsageException($"{option} {text}: it must be at least 100ms");
}
