using System.Globalization;

namespace Overseer.Chaos;

/// <summary>What the command line asked for.</summary>
internal sealed record ChaosOptions
{
    internal const string Usage = """
        usage: Overseer.Chaos [options]

          --minutes N        how long it kills (default 3); may have a fraction
          --seed N           which choices it makes; another one each time when it is not given
          --tasks N          how many tasks run at once (default 50)
          --kinds LIST       whom it kills: server, recorder, both, with commas between (default: all three)
          --overseer PATH    the program under test (default: dist/overseer above this program, or the one beside it)
          --directory DIR    where everything goes, in a directory of its own that is removed when nothing went wrong (default: the system's temporary directory)
          --keep             keep that directory in any case
        """;

    internal double Minutes { get; init; } = 3;

    internal int Seed { get; init; } = Random.Shared.Next(1_000_000);

    internal int Tasks { get; init; } = 50;

    internal IReadOnlyList<KillKind> Kinds { get; init; } = Enum.GetValues<KillKind>();

    internal string? Overseer { get; init; }

    internal string Directory { get; init; } = Path.GetTempPath();

    internal bool Keep { get; init; }

    /// <summary>Reads the command line.</summary>
    /// <exception cref="FormatException">The message says which argument is wrong, and why.</exception>
    internal static ChaosOptions Parse(ReadOnlySpan<string> arguments)
    {
        var options = new ChaosOptions();
        for (var i = 0; i < arguments.Length; i++)
        {
            var argument = arguments[i];
            string Value(ReadOnlySpan<string> all) => ++i < all.Length ? all[i] : throw new FormatException($"{argument} needs a value");
            options = argument switch
            {
                "--minutes" => options with { Minutes = double.TryParse(Value(arguments), CultureInfo.InvariantCulture, out var minutes) && minutes > 0 ? minutes : throw new FormatException("--minutes needs a number above 0") },
                "--seed" => options with { Seed = Number(Value(arguments), "--seed", 0) },
                "--tasks" => options with { Tasks = Number(Value(arguments), "--tasks", 1) },
                "--kinds" => options with { Kinds = [.. Value(arguments).Split(',').Select(Kind)] },
                "--overseer" => options with { Overseer = Value(arguments) },
                "--directory" => options with { Directory = Value(arguments) },
                "--keep" => options with { Keep = true },
                _ => throw new FormatException($"{argument} is not an option"),
            };
        }
        return options;
    }

    private static int Number(string text, string option, int least) =>
        int.TryParse(text, CultureInfo.InvariantCulture, out var number) && number >= least ? number : throw new FormatException($"{option} needs a number from {least} up");

    private static KillKind Kind(string name) =>
        Enum.TryParse<KillKind>(name, ignoreCase: true, out var kind) ? kind : throw new FormatException($"--kinds: {name} is none of server, recorder, both");
}
