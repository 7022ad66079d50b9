using System.CommandLine;
using System.CommandLine.Completions;
using Overseer.Cli.Commands;
using Overseer.Cli.Console;
using Overseer.Cli.Tasks;
using Overseer.Client;
using Overseer.Core.Tasks;
using Overseer.Core.Time;
using Overseer.Hosting;
using Overseer.Protocols.V2;

namespace Overseer.Cli.Completion;

/// <summary>Tells a shell what can stand where the cursor is. It never fails: a prompt is no place for messages.</summary>
internal sealed class Completer
{
    /// <summary>The hidden command that the scripts call, with the words before the cursor, the last of which is being written.</summary>
    internal const string Verb = "__complete";

    private readonly CliConsole _console;
    private readonly WrittenWords _words;

    private Completer(CliConsole console, WrittenWords words)
    {
        _console = console;
        _words = words;
    }

    internal static int Run(string[] words, CliConsole console)
    {
        CompletionAnswer answer = words switch
        {
            [] => CompletionAnswer.Nothing,
            [var current] => CommandTree.Verbs(console).For(current),
            [var verb, ..] => CommandTree.Build(verb, console) is { } command ? new Completer(console, WrittenWords.Of(command, words[1..])).Answer(verb) : CompletionAnswer.Nothing,
        };
        answer.WriteTo(console.Out);
        return ExitCodes.Ok;
    }

    private CompletionAnswer Answer(string verb)
    {
        string current = _words.Current;
        if (_words.Open is { } open)
            return Values(open).For(current);
        if (!_words.OnlyArguments && current.StartsWith("--", StringComparison.Ordinal) && current.Split('=', 2) is [var name, _] && _words.Find(name) is { } written)
            return With(name + "=", Values(written)).For(current);
        if (!_words.OnlyArguments && current.StartsWith('-'))
            return Options().For(current);
        CompletionAnswer arguments = Arguments(verb);
        if (_words.Arguments.Count > 0)
            return arguments.For(current);
        var commands = _words.Command.Subcommands.Where(one => !one.Hidden).Select(one => new Candidate(one.Name, one.Description));
        return (arguments with { Candidates = [.. commands, .. arguments.Candidates] }).For(current);
    }

    private CompletionAnswer Options()
        => new([.. _words.Options().Where(option => !option.Hidden).Select(option => new Candidate(option.Name, option.Description)), new Candidate("--help", "Describe the command.")]);

    private CompletionAnswer Arguments(string verb)
    {
        IList<Argument> arguments = _words.Command.Arguments;
        int index = Math.Min(_words.Arguments.Count, arguments.Count - 1);
        if (index < 0 || (index < _words.Arguments.Count && arguments[index].Arity.MaximumNumberOfValues <= 1))
            return CompletionAnswer.Nothing;
        return arguments[index].Name switch
        {
            "TASK" when _words.Current is ['@', ..] && IsMany(arguments[index]) => With("@", Server().Labels(task => task.Tags)),
            "TASK" when _words.Current is ['%', ..] && IsMany(arguments[index]) => With("%", Server().Labels(task => task.Groups)),
            "TASK" => Server().Tasks(task => Concerns(verb, task) && !_words.Arguments.Contains(task.TaskId)),
            "ACTION" => Server().Actions(),
            _ => Listed(arguments[index].GetCompletions(CompletionContext.Empty)),
        };
    }

    private static bool IsMany(Argument argument) => argument.Arity.MaximumNumberOfValues > 1;

    // A task that a command would refuse anyhow is no help.
    private static bool Concerns(string verb, TaskInfo task) => verb switch
    {
        "stop" or "input" or "wait" => !TaskEnd.HasEnded(task),
        "reset-task" => task.State == TaskState.Errored,
        _ => true,
    };

    private CompletionAnswer Values(Option option) => option.Name switch
    {
        "--task" => Server().Tasks(_ => true),
        "--action" => Server().Actions(),
        "--tag" => Server().Labels(task => task.Tags),
        "--group" => Server().Labels(task => task.Groups),
        "--param" when _words.Arguments is [var action, ..] => _words.Current.Split('=', 2) is [var name, _]
            ? Server().Values(action, name)
            : Server().Parameters(action),
        _ when option.HelpName == "FILE" => CompletionAnswer.Files,
        _ when option.HelpName == "DIR" => CompletionAnswer.Directories,
        _ => Listed(option.GetCompletions(CompletionContext.Empty)),
    };

    private static CompletionAnswer Listed(IEnumerable<CompletionItem> items) => new([.. items.Select(item => new Candidate(item.Label))]);

    private static CompletionAnswer With(string prefix, CompletionAnswer answer)
        => answer with { Candidates = [.. answer.Candidates.Select(one => one with { Value = prefix + one.Value })] };

    private ServerCandidates Server()
    {
        OverseerEndpoint? endpoint = null;
        string? token = null;
        try
        {
            endpoint = ServerOptions.Endpoint(_words.ValueOf("--host"), _words.ValueOf("--runtime-dir"), _console);
            token = ServerOptions.Token(_words.ValueOf("--token"), _words.ValueOf("--token-file"), _console);
        }
        catch (UsageException)
        {
            // not written to its end, or wrong
        }
        TimeSpan patience = GoDuration.TryParse(_console.Variable(ServerCandidates.PatienceVariable), out TimeSpan given) && given > TimeSpan.Zero ? given : ServerCandidates.DefaultPatience;
        return new ServerCandidates(endpoint, token, ServerOptions.CaFile(_words.ValueOf("--ca-file"), _console), patience);
    }
}
