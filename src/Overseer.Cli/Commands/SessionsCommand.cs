using System.CommandLine;
using System.Globalization;
using Overseer.Cli.Console;
using Overseer.Cli.Tasks;
using Overseer.Hosting;
using Overseer.Protocols.V2;

namespace Overseer.Cli.Commands;

/// <summary><c>overseer sessions</c>.</summary>
internal static class SessionsCommand
{
    internal static Command Build(CliConsole console)
    {
        var server = new ServerOptions();
        var json = new Option<bool>("--json") { Description = "Print a JSON array of sessions as the protocol describes them." };
        var all = new Option<bool>("--all", "-a") { Description = "Also those that have ended." };
        var command = new Command("sessions", "List the containers that report to the hub.") { json, all };
        server.AddTo(command);
        command.SetAction(parsed =>
        {
            using ServerRequests client = server.Open(parsed, console);
            IReadOnlyList<SessionInfo> sessions = client.Sessions(parsed.GetValue(all));
            if (parsed.GetValue(json))
                JsonLines.WriteArray(console.Out, SessionInfo.Schema, sessions);
            else
                TableOf(sessions, console.Clock.GetUtcNow()).WriteTo(console);
            return ExitCodes.Ok;
        });
        return command;
    }

    internal static Table TableOf(IReadOnlyList<SessionInfo> sessions, DateTimeOffset now)
    {
        var table = new Table("SESSION", "STATE", "STATUS", "SINCE", "SEEN", "MESSAGES", "EXIT");
        foreach (SessionInfo session in sessions)
        {
            table.Add(
                session.TaskId,
                StateOf(session),
                session.Status,
                Ages.Short(now - session.FirstSeen),
                Ages.Short(now - session.LastSeen),
                session.Messages.ToString(CultureInfo.InvariantCulture),
                ExitOf(session));
        }
        return table;
    }

    private static Cell StateOf(SessionInfo session) => session switch
    {
        { IsOpen: false } => new Cell("ended", Tone.Quiet),
        { IsConnected: true } => new Cell("connected", Tone.Good),
        _ => new Cell("away", Tone.Waiting),
    };

    // An open one may have been ended before: its old code says nothing of it now.
    private static Cell ExitOf(SessionInfo session) => session switch
    {
        { IsOpen: true } or { ExitCode: null } => null,
        { ExitCode: 0 } => new Cell("0"),
        { ExitCode: { } code } => new Cell(code.ToString(CultureInfo.InvariantCulture), Tone.Bad),
    };
}
