using System.Diagnostics;
using System.Globalization;

namespace Overseer.Recorder.Tests.Takeover;

public sealed class RecorderDeathTests(ITestOutputHelper output)
{
    /// <summary>30 kills each; with OVERSEER_CHAOS_KILLS as many as it says.</summary>
    [Theory]
    [InlineData("parent", 1)]
    [InlineData("foster", 2)]
    public async Task Recorders_killed_at_any_moment_lose_and_double_nothing(string parent, int seed)
    {
        string root = Directory.CreateTempSubdirectory("ovr-").FullName;
        string kills = Environment.GetEnvironmentVariable("OVERSEER_CHAOS_KILLS") ?? "30";
        string text = seed.ToString(CultureInfo.InvariantCulture);
        using var keeper = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [KeeperProcess.Verb, root, text, kills, parent]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        string said = await keeper.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await keeper.WaitForExitAsync(TestContext.Current.CancellationToken);
        output.WriteLine(said);
        Assert.True(keeper.ExitCode == 0, $"{root}: {said}");
        Directory.Delete(root, recursive: true);
    }
}
