using System.CommandLine;
using Overseer.Cli.Console;
using Overseer.Cli.Tasks;
using Overseer.Hosting;
using Overseer.Protocols.V2;

namespace Overseer.Cli.Commands;

/// <summary><c>overseer actions</c>.</summary>
internal static class ActionsCommand
{
    internal static Command Build(CliConsole console)
    {
        var server = new ServerOptions();
        var name = new Argument<string?>("ACTION") { Description = "Only this one.", Arity = ArgumentArity.ZeroOrOne };
        var json = new Option<bool>("--json") { Description = "Print a JSON array of actions as the protocol describes them." };
        var command = new Command("actions", "List what can be started.") { name, json };
        server.AddTo(command);
        command.SetAction(parsed =>
        {
            using ServerRequests client = server.Open(parsed, console);
            IReadOnlyList<ActionInfo> actions = client.Describe(parsed.GetValue(name));
            if (parsed.GetValue(json))
                JsonLines.WriteArray(console.Out, ActionInfo.Schema, actions);
            else
                TableOf(actions).WriteTo(console);
            return ExitCodes.Ok;
        });
        return command;
    }

    internal static Table TableOf(IReadOnlyList<ActionInfo> actions)
    {
        var table = new Table("ACTION", "TYPE", "PARAMETERS", "DESCRIPTION");
        foreach (ActionInfo action in actions)
            table.Add(action.Name, new Cell(action.Type, Tone.Quiet), string.Join(" ", action.Params.Select(ParameterOf)), action.Description);
        return table;
    }

    // name for one that must be given, [name=default] for one that may
    private static string ParameterOf(KeyValuePair<string, ParameterInfo> parameter) => parameter.Value switch
    {
        { Default: { } value, Secret: false } => $"[{parameter.Key}={value}]",
        { Default: not null } => $"[{parameter.Key}]",
        _ => parameter.Key,
    };
}
