using System.CommandLine;
using System.CommandLine.Invocation;
using Overseer.Cli.Commands;
using Overseer.Cli.Completion;
using Overseer.Cli.Console;
using Overseer.Cli.Goproc;
using Overseer.Cli.Personas;
using Overseer.Client;
using Overseer.Hosting;

namespace Overseer.Cli;

/// <summary>Reads the command line, runs the command, and turns what goes wrong into one line and an exit code.</summary>
internal static class CommandLine
{
    // "@web" names a tag, no file with arguments.
    private static readonly ParserConfiguration NoResponseFiles = new() { ResponseFileTokenReplacer = null };

    /// <summary>Runs a command. One that only asks runs here and now: the machinery of tasks would take longer than its question.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="console">Where everything goes.</param>
    /// <param name="called">The name by which the program was called.</param>
    internal static Task<int> RunAsync(string[] args, CliConsole console, string called = "")
    {
        try
        {
            if (called == StickyOverseer.Name)
                return RunAsync(StickyOverseer.Build(console).Parse(StickyOverseer.Flags(args), NoResponseFiles), console);
            if (args is ["version"] or ["--version"])
                return Task.FromResult(VersionCommand.Run(console, "overseer"));
            if (args is [Completer.Verb, ..])
                return Task.FromResult(Completer.Run(args[1..], console));
            if (AddContainer.IsAskedFor(args))
                return RunAsync(new Command("overseer") { AddContainer.Build(console) }.Parse(args, NoResponseFiles), console);
            if (args is [var shared, ..] && GoprocProgram.Find(shared) is not null)
                return Task.FromResult(GoprocProgram.Run("overseer", args, console));
            if (args is [[not '-', ..] verb, ..] && !CommandTree.Knows(verb))
                throw new UsageException($"there is no command '{verb}'; the commands are {CommandTree.Names}");
            return RunAsync(CommandTree.For(args, console).Parse(args, NoResponseFiles), console);
        }
        catch (Exception failure)
        {
            return Task.FromResult(Explain(failure, console));
        }
    }

    private static Task<int> RunAsync(ParseResult parsed, CliConsole console)
    {
        try
        {
            if (parsed.Errors.Count > 0)
                return Task.FromResult(Refuse(parsed, console));
            if (parsed.Action is AsynchronousCommandLineAction)
                return InvokeAsync(parsed, console);
            using var output = new StringWriter();
            int code = parsed.Invoke(Configuration(output, console));
            console.Out.Write(output.ToString()); // help
            console.Out.Flush();
            return Task.FromResult(code);
        }
        catch (Exception failure)
        {
            return Task.FromResult(Explain(failure, console));
        }
    }

    private static async Task<int> InvokeAsync(ParseResult parsed, CliConsole console)
    {
        try
        {
            return await parsed.InvokeAsync(Configuration(TextWriter.Null, console));
        }
        catch (Exception failure)
        {
            return Explain(failure, console);
        }
    }

    private static InvocationConfiguration Configuration(TextWriter output, CliConsole console)
        => new() { Output = output, Error = console.Error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };

    private static int Refuse(ParseResult parsed, CliConsole console)
    {
        string program = parsed.RootCommandResult.Command.Name;
        string command = parsed.CommandResult == parsed.RootCommandResult ? program : $"{program} {parsed.CommandResult.Command.Name}";
        string message = string.Join(' ', parsed.Errors[0].Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).TrimEnd('.');
        console.Error.WriteLine($"{program}: {message}; see {command} --help");
        return ExitCodes.Usage;
    }

    private static int Explain(Exception failure, CliConsole console)
    {
        (int code, string? message) = failure switch
        {
            BrokenPipeException => (ExitCodes.Ok, null),
            OperationCanceledException => (128 + 2, null),
            UsageException => (ExitCodes.Usage, failure.Message),
            NotFoundException => (ExitCodes.NotFound, failure.Message),
            OverseerUnreachableException unreachable => (ExitCodes.Unreachable, Reach(unreachable)),
            OverseerConnectionLostException => (ExitCodes.Unreachable, failure.Message),
            OverseerTaskLostException => (ExitCodes.NotFound, failure.Message),
            OverseerDequeuedException => (ExitCodes.Refused, failure.Message),
            OverseerRequestException refusal => (CodeOf(refusal), Refusal(refusal)),
            Core.Tasks.Storage.StoreException or Recorder.Journal.JournalException => (ExitCodes.Refused, failure.Message),
            TimeoutException => (ExitCodes.TimedOut, "the server did not answer in time"),
            _ => (ExitCodes.Refused, $"{failure.GetType().Name}: {failure.Message}"),
        };
        if (message is not null)
            console.Error.WriteLine("overseer: " + message.ReplaceLineEndings(" "));
        return code;
    }

    private static string Reach(OverseerUnreachableException failure) => failure switch
    {
        { NobodyListens: true, Endpoint.SocketPath: not null } => failure.Message + "; start one with: overseer serve",
        { IsUntrusted: true } => failure.Message + "; name the authority it comes from with --ca-file FILE or OVERSEER_CA_FILE",
        { Status: 401 } => failure.Message + "; give a valid token with --token-file FILE or OVERSEER_TOKEN",
        { Status: 403 } => failure.Message + "; the server's log says why (Overseer.Audit)",
        _ => failure.Message,
    };

    private static int CodeOf(OverseerRequestException refusal)
        => refusal.Message is "task not found" or "no actions configured" || refusal.Message.StartsWith("unknown action", StringComparison.Ordinal)
            ? ExitCodes.NotFound
            : ExitCodes.Refused;

    private static string Refusal(OverseerRequestException refusal) => refusal switch
    {
        { ExistingTaskId: { } existing } when !refusal.Message.Contains(existing, StringComparison.Ordinal) => $"{refusal.Message} (task {existing})",
        _ when refusal.Message.StartsWith("unknown action", StringComparison.Ordinal) => refusal.Message + "; overseer actions lists them",
        _ => refusal.Message,
    };
}
