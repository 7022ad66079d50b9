using Overseer.Cli.Goproc;
using Overseer.Cli.Personas;
using Overseer.Recorder;

namespace Overseer.Cli;

internal static class Program
{
    // The recorder comes first: it must stay small, so nothing of the command line or of ASP.NET may be loaded on its way. Then other programs that this one stands in for: their users wait for them.
    private static Task<int> Main(string[] args)
    {
        if (args is [RecorderProcess.Verb, ..])
            return Task.FromResult(RecorderProcess.Main(args.AsSpan(1)));
        string called = CalledName.OfProcess();
        return called == GoprocProgram.OwnName
            ? Task.FromResult(GoprocProgram.Run(called, args, Console.CliConsole.OfProcess()))
            : CommandLine.RunAsync(args, Console.CliConsole.OfProcess(), called);
    }
}
