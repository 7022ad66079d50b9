using Overseer.Cli.Goproc;
using Overseer.Recorder;

namespace Overseer.Cli;

internal static class Program
{
    // The recorder comes first: it must stay small, so nothing of the command line or of ASP.NET may be loaded on its way. Then other programs that this one stands in for: their users wait for them.
    private static Task<int> Main(string[] args)
        => args is [RecorderProcess.Verb, ..] ? Task.FromResult(RecorderProcess.Main(args.AsSpan(1)))
            : CalledAs.Name == GoprocProgram.OwnName ? Task.FromResult(GoprocProgram.Run(GoprocProgram.OwnName, args, Console.CliConsole.OfProcess()))
            : CommandLine.RunAsync(args, Console.CliConsole.OfProcess());
}
