using System.CommandLine;
using System.Text.Json;
using Overseer.Cli.Console;
using Overseer.Hosting;
using Overseer.Server.Trust;

namespace Overseer.Cli.Commands;

/// <summary><c>overseer token new</c>.</summary>
internal static class TokenCommand
{
    internal static Command Build(CliConsole console) => new("token", "Make tokens that let clients in.") { New(console) };

    private static Command New(CliConsole console)
    {
        var name = new Option<string>("--name") { Description = "What logs call it.", HelpName = "NAME", DefaultValueFactory = _ => "client" };
        var scope = new Option<string>("--scope") { Description = "What its holder may do: read, operate (and read), or admin (everything).", HelpName = "SCOPE", DefaultValueFactory = _ => "read" };
        scope.AcceptOnlyFromAmong([.. ScopeWord.All]);
        var actions = new Option<string[]>("--action") { Description = "Limit it to an action; may be given several times.", HelpName = "ACTION" };
        var tags = new Option<string[]>("--tag") { Description = "Limit it to tasks with a tag; may be given several times.", HelpName = "TAG" };
        var json = new Option<bool>("--json") { Description = "Print token and hash as one JSON object." };
        var command = new Command("new", "Print a new token, and on stderr what the configuration needs to know it.") { name, scope, actions, tags, json };
        command.SetAction(parsed =>
        {
            string token = NewToken.Make();
            string hash = TokenHash.Of(token).ToHex();
            if (parsed.GetValue(json))
            {
                console.Out.WriteLine($"{{\"name\":{Quoted(parsed.GetValue(name)!)},\"token\":\"{token}\",\"hash\":\"{hash}\",\"scopes\":\"{parsed.GetValue(scope)}\"}}");
            }
            else
            {
                console.Out.WriteLine(token);
                console.Error.WriteLine("# It is printed this once. For the configuration, which needs its hash alone:");
                console.Error.WriteLine("tokens:");
                console.Error.WriteLine($"  - {{name: {Quoted(parsed.GetValue(name)!)}, scopes: {parsed.GetValue(scope)}{Limit("actions", parsed.GetValue(actions))}{Limit("tags", parsed.GetValue(tags))}, hash: {hash}}}");
            }
            console.Out.Flush();
            return ExitCodes.Ok;
        });
        return command;
    }

    // YAML takes a quoted JSON text as it is.
    private static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text)}\"";

    private static string Limit(string key, string[]? names) => names is { Length: > 0 } ? $", {key}: [{string.Join(", ", names.Select(Quoted))}]" : "";
}
