using System.Text;
using Overseer.Cli.Console;
using Overseer.Client.Tests;

namespace Overseer.Cli.Tests;

/// <summary>A command run in this process: what it wrote, and its exit code.</summary>
internal sealed record CommandRun(int Code, string Out, string ErrorLines, string Error)
{
    internal static Task<CommandRun> Of(ScriptedServer server, params string[] arguments)
        => Run([.. arguments, "--host", server.Endpoint.Text]);

    internal static async Task<CommandRun> Run(string[] arguments, Stream? output = null, bool terminal = false, params (string Name, string Value)[] variables)
    {
        using var gathered = new MemoryStream();
        using var errors = new MemoryStream();
        using var talk = new StringWriter();
        var console = new CliConsole
        {
            Out = new LineSink(output ?? gathered),
            ErrorLines = new LineSink(errors),
            Error = talk,
            OutIsTerminal = terminal,
            ErrorIsTerminal = terminal,
            Variable = name => variables.FirstOrDefault(one => one.Name == name).Value,
        };
        int code = await CommandLine.RunAsync(arguments, console).WaitAsync(ScriptedServer.Deadline);
        return new CommandRun(code, Encoding.UTF8.GetString(gathered.ToArray()), Encoding.UTF8.GetString(errors.ToArray()), talk.ToString());
    }
}
