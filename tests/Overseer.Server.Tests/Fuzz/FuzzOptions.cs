using System.Globalization;

namespace Overseer.Server.Tests.Fuzz;

/// <summary>How long a fuzz run takes and what it begins with. <c>make fuzz MINUTES=10 SEED=n</c> sets the environment.</summary>
/// <param name="Seed">The same one gives the same messages in the same order.</param>
/// <param name="Duration">How long messages are sent.</param>
internal sealed record FuzzOptions(int Seed, TimeSpan Duration)
{
    private const int DefaultSeed = 20_260_131;
    private const int DefaultSeconds = 20;

    /// <summary>What <c>OVERSEER_FUZZ_SEED</c> and <c>OVERSEER_FUZZ_SECONDS</c> say.</summary>
    public static FuzzOptions FromEnvironment() =>
        new(Number("OVERSEER_FUZZ_SEED") ?? DefaultSeed, TimeSpan.FromSeconds(Number("OVERSEER_FUZZ_SECONDS") ?? DefaultSeconds));

    private static int? Number(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) : null;
}
