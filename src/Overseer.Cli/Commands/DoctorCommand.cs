using System.CommandLine;
using Overseer.Cli.Console;
using Overseer.Configuration;
using Overseer.Diagnosis;
using Overseer.Hosting;

namespace Overseer.Cli.Commands;

/// <summary><c>overseer doctor</c>.</summary>
internal static class DoctorCommand
{
    internal const int SomethingIsWrong = 1;

    internal static Command Build(CliConsole console)
    {
        var config = new Option<string?>("--config", "-c") { Description = "The configuration file (OVERSEER_CONFIG wins over it).", HelpName = "FILE" };
        var listen = new Option<string[]>("--listen", "-l") { Description = "Where the server is to listen, instead of what the configuration says.", HelpName = "ADDRESS" };
        var state = new Option<string?>("--state-dir") { Description = "The state directory (OVERSEER_STATE_DIR).", HelpName = "DIR" };
        var runtime = new Option<string?>("--runtime-dir") { Description = "The runtime directory (OVERSEER_RUNTIME_DIR).", HelpName = "DIR" };
        var database = new Option<string?>("--db") { Description = "The database (OVERSEER_DB).", HelpName = "FILE" };
        var strict = new Option<bool>("--strict") { Description = "Let warnings count: exit with 1 for them too." };
        var json = new Option<bool>("--json") { Description = "Print a JSON array." };
        var command = new Command("doctor", "Look at everything a server stands on, and say what is wrong and what to do about it. Changes nothing.")
        {
            config, listen, state, runtime, database, strict, json,
        };
        command.SetAction(parsed =>
        {
            var sources = new ConfigurationSources
            {
                FlagPath = parsed.GetValue(config),
                Environment = ConfigurationSources.OwnEnvironment(),
                Listen = parsed.GetValue(listen) ?? [],
                Database = parsed.GetValue(database),
                StateDirectory = parsed.GetValue(state),
                RuntimeDirectory = parsed.GetValue(runtime),
            };
            IReadOnlyList<Finding> findings = Doctor.Examine(sources, Hosting.ServeCommand.BuiltInDrivers);
            if (parsed.GetValue(json))
            {
                console.Out.WriteLine(DoctorReport.ToJson(findings));
                console.Out.Flush();
            }
            else
            {
                Print(findings, console);
            }
            FindingState worst = findings.Max(finding => finding.State);
            return worst == FindingState.Failed || (worst == FindingState.Warning && parsed.GetValue(strict)) ? SomethingIsWrong : ExitCodes.Ok;
        });
        return command;
    }

    // Findings are sentences: a table would cut them, or the terminal would break it. What to do stands below what it is about.
    private static void Print(IReadOnlyList<Finding> findings, CliConsole console)
    {
        int width = findings.Max(finding => finding.Name.Length);
        foreach (Finding finding in findings)
        {
            console.Out.WriteLine($"{DoctorReport.Word(finding.State),-7}  {finding.Name.PadRight(width)}  {finding.Found.ReplaceLineEndings(" ")}");
            if (finding.Advice is not null)
                console.Out.WriteLine($"{new string(' ', 7)}  {new string(' ', width)}  -> {finding.Advice}");
        }
        console.Out.Flush();
        int failed = findings.Count(finding => finding.State == FindingState.Failed);
        int warnings = findings.Count(finding => finding.State == FindingState.Warning);
        console.Error.WriteLine(failed + warnings == 0 ? "overseer: all is well" : $"overseer: {failed} failed, {warnings} {(warnings == 1 ? "warning" : "warnings")}");
    }
}
