using Overseer.Server.Tests.Storage;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

namespace Overseer.Server.Tests;

/// <summary>The test program is also a child that some tests start, and kill: the same file in another role.</summary>
internal static class EntryPoint
{
    private static async Task<int> Main(string[] args)
    {
        if (args is [StoreChild.Verb, var role, var path])
            return StoreChild.Run(role, path);
        if (args.Contains("-automated", StringComparer.Ordinal) || args.Contains("@@", StringComparer.Ordinal))
            return await ConsoleRunner.Run(args);
        return await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
    }
}
