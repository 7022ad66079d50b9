namespace Overseer.Bench;

/// <summary>What the command line asked for.</summary>
internal sealed record BenchOptions
{
    internal const string Usage = """
        usage: Overseer.Bench [SCENARIO…] [options]

          --smoke            everything at a fiftieth of its size, once; the figures mean nothing
          --json             one JSON document on stdout instead of a table
          --markdown         a table for docs/benchmarks.md
          --verify           check the seq of each message, not of each read; slower
          --repeat N         runs of each case, the median counts (default 3)
          --limits           only the prototypes, without a server
          --overseer PATH    the program under test (default: dist/overseer above this program)
          --directory DIR    where journals, sockets and FIFOs go for the time being (default: the system's temporary directory)
        """;

    internal IReadOnlyList<string> Scenarios { get; init; } = [];

    internal bool Smoke { get; init; }

    internal bool Json { get; init; }

    internal bool Markdown { get; init; }

    internal bool Verify { get; init; }

    internal bool LimitsOnly { get; init; }

    internal int Repeat { get; init; } = 3;

    internal string? Overseer { get; init; }

    internal string Directory { get; init; } = Path.GetTempPath();

    /// <summary>Reads the command line.</summary>
    /// <exception cref="FormatException">The message says which argument is wrong, and why.</exception>
    internal static BenchOptions Parse(ReadOnlySpan<string> arguments, IReadOnlyCollection<string> scenarios)
    {
        var options = new BenchOptions();
        var chosen = new List<string>();
        for (var i = 0; i < arguments.Length; i++)
        {
            var argument = arguments[i];
            string Value(ReadOnlySpan<string> all) => ++i < all.Length ? all[i] : throw new FormatException($"{argument} needs a value");
            options = argument switch
            {
                "--smoke" => options with { Smoke = true },
                "--json" => options with { Json = true },
                "--markdown" => options with { Markdown = true },
                "--verify" => options with { Verify = true },
                "--limits" => options with { LimitsOnly = true },
                "--overseer" => options with { Overseer = Value(arguments) },
                "--directory" => options with { Directory = Value(arguments) },
                "--repeat" => options with { Repeat = int.TryParse(Value(arguments), out var count) && count > 0 ? count : throw new FormatException("--repeat needs a number from 1 up") },
                _ when scenarios.Contains(argument) => options,
                _ => throw new FormatException($"{argument} is neither an option nor a scenario; scenarios: {string.Join(", ", scenarios)}"),
            };
            if (scenarios.Contains(argument))
                chosen.Add(argument);
        }
        return options with { Scenarios = chosen, Repeat = options.Smoke ? 1 : options.Repeat };
    }
}
