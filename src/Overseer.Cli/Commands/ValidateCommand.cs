using System.CommandLine;
using Overseer.Cli.Console;
using Overseer.Configuration;
using Overseer.Hosting;

namespace Overseer.Cli.Commands;

/// <summary><c>overseer validate</c>.</summary>
internal static class ValidateCommand
{
    internal static Command Build(CliConsole console)
    {
        var config = new Option<string>("--config", "-c") { Description = "The configuration file.", HelpName = "FILE", Required = true };
        var command = new Command("validate", "Check a configuration file, as serve would, without starting anything.") { config };
        command.SetAction(parsed =>
        {
            string file = parsed.GetRequiredValue(config);
            // The file that was named is meant, whatever the environment says; the environment's other settings count as they would for serve.
            var environment = new Dictionary<string, string>(ConfigurationSources.OwnEnvironment(), StringComparer.Ordinal);
            environment.Remove(ConfigurationLoader.PathVariable);
            CheckedConfiguration result = ConfigurationCheck.Run(new ConfigurationSources { FlagPath = file, Environment = environment }, Hosting.ServeCommand.BuiltInDrivers);
            foreach (string warning in result.Warnings)
                console.Error.WriteLine("warning: " + warning);
            foreach (string error in result.Errors)
                console.Error.WriteLine("error: " + error);
            if (result.Errors.Count > 0)
                return ExitCodes.Configuration;
            console.Out.WriteLine($"{file}: valid");
            console.Out.Flush();
            return ExitCodes.Ok;
        });
        return command;
    }
}
