using Overseer.Recorder;

namespace Overseer.Cli;

internal static class Program
{
    // The recorder comes first: it must stay small, so nothing of the command line or of ASP.NET may be loaded on its way.
    private static Task<int> Main(string[] args)
        => args is [RecorderProcess.Verb, ..] ? Task.FromResult(RecorderProcess.Main(args.AsSpan(1))) : CommandLine.RunAsync(args, Console.CliConsole.OfProcess(), Personas.CalledName.OfProcess());
}
