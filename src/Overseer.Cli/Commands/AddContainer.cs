using System.CommandLine;
using System.Globalization;
using Overseer.Cli.Console;
using Overseer.Cli.Tasks;
using Overseer.Hosting;
using Overseer.Protocols.V2;

namespace Overseer.Cli.Commands;

/// <summary>
/// <c>overseer add --container</c>. It has the name of goproc's command and nothing else of it: goproc's protocol knows no containers, so it asks the server as the other commands do.
/// </summary>
internal static class AddContainer
{
    private const string Flag = "--container";

    /// <summary>Whether a command line is meant for it, and not for goproc's <c>add</c>.</summary>
    internal static bool IsAskedFor(IReadOnlyList<string> args)
        => args is ["add", ..] && args.Skip(1).TakeWhile(word => word != "--").Any(word => word == Flag || word.StartsWith(Flag + "=", StringComparison.Ordinal));

    internal static Command Build(CliConsole console)
    {
        var server = new ServerOptions();
        var container = Options(out var engine);
        var name = new Option<string?>("--name") { Description = "A name for the task that no other has.", HelpName = "NAME" };
        var tags = new Option<string[]>("--tag") { Description = "A tag; may be repeated.", HelpName = "TAG" };
        var groups = new Option<string[]>("--group") { Description = "A group; may be repeated.", HelpName = "GROUP" };
        var command = new Command("add", "Make a task of a container that runs.") { container, engine, name, tags, groups };
        server.AddTo(command);
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(container) is not { Length: > 0 } named)
                throw new UsageException($"{Flag} takes the name or id of a container");
            using ServerRequests client = server.Open(parsed, console);
            TaskInfo task = client.Adopt(new AdoptMessage("")
            {
                Container = named,
                Engine = parsed.GetValue(engine),
                Name = parsed.GetValue(name),
                Tags = parsed.GetValue(tags) is { Length: > 0 } someTags ? someTags : null,
                Groups = parsed.GetValue(groups) is { Length: > 0 } someGroups ? someGroups : null,
            });
            console.Out.WriteLine(task.Number.ToString(CultureInfo.InvariantCulture));
            console.Out.Flush();
            return ExitCodes.Ok;
        });
        return command;
    }

    /// <summary>The options by which it differs from goproc's command.</summary>
    internal static Option<string?> Options(out Option<string?> engine)
    {
        engine = new Option<string?>("--engine") { Description = "The UNIX socket of the container's engine. Default: what the server finds, see docs/containers.md.", HelpName = "SOCKET" };
        return new Option<string?>(Flag) { Description = "Make a task of this container, which somebody else has started, in place of a process.", HelpName = "NAME" };
    }
}
