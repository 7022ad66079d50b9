using Overseer.Recorder;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

namespace Overseer.Tests;

/// <summary>The test program is also the recorder it starts: the same file in another role.</summary>
internal static class EntryPoint
{
    private static async Task<int> Main(string[] args)
    {
        if (args is [RecorderProcess.Verb, ..])
            return RecorderProcess.Main(args.AsSpan(1));
        if (args is [Overseer.Recorder.Tests.Wire.DoomedServer.Verb, var socket, var script])
            return Overseer.Recorder.Tests.Wire.DoomedServer.Run(socket, script);
        if (args is [Overseer.Recorder.Tests.Takeover.KeeperProcess.Verb, .. var keeper])
            return Overseer.Recorder.Tests.Takeover.KeeperProcess.Run(keeper);
        if (args.Contains("-automated", StringComparer.Ordinal) || args.Contains("@@", StringComparer.Ordinal))
            return await ConsoleRunner.Run(args);
        return await TestPlatformTestFramework.RunAsync(args, Overseer.Recorder.Tests.SelfRegisteredExtensions.AddSelfRegisteredExtensions);
    }
}
