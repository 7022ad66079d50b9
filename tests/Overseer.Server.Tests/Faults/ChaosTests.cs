using System.Diagnostics;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Faults;

/// <summary>The chaos suite for a short while, as a process of its own: it inherits the orphans of those it kills. `make chaos` runs it for longer.</summary>
[Collection(nameof(Alone))]
public sealed class ChaosTests(ITestOutputHelper output)
{
    private const string Minutes = "2.5";
    private const string Seed = "20261121";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task Nothing_is_lost_doubled_or_left_while_server_and_recorder_are_killed_at_random()
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Overseer.Chaos");
        using var chaos = Process.Start(new ProcessStartInfo(program, ["--minutes", Minutes, "--seed", Seed, "--overseer", ServerProcess.Program])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        var said = await chaos.StandardOutput.ReadToEndAsync().WaitAsync(Limit);
        await chaos.WaitForExitAsync().WaitAsync(Limit);

        output.WriteLine(said);
        Assert.True(chaos.ExitCode == 0, said);
    }
}
