using System.Globalization;
using System.Text.Json.Nodes;

namespace Overseer.Chaos.Workers;

/// <summary>Everything that one life of a task does, known before it begins.</summary>
internal sealed record LifePlan
{
    /// <summary>What a worker exits with that catches SIGTERM.</summary>
    internal const int CaughtCode = 77;

    // Longer than any life until its stop.
    private const long Endless = 1_000_000_000;
    private const int SignalUser1 = 10;
    private static readonly Rhythm[] Rhythms = Enum.GetValues<Rhythm>();

    private LifePlan(string token, int life, ulong key)
    {
        Token = token;
        Life = life;
        Key = key;
    }

    /// <summary>The task.</summary>
    internal string Token { get; }

    /// <summary>The number of the request that asked for it: no two requests have the same, whatever becomes of them.</summary>
    internal int Life { get; }

    /// <summary>What its lines are made from.</summary>
    internal ulong Key { get; }

    internal Rhythm Rhythm { get; private init; }

    internal Ending Ending { get; private init; }

    internal TermHabit Term { get; private init; }

    /// <summary>Exit code, or the signal that it sends itself.</summary>
    internal int Code { get; private init; }

    /// <summary>Lines on standard output and standard error; more than it ever gets to when it is stopped.</summary>
    internal (long Output, long Error) Lines { get; private init; }

    /// <summary>Lines of its double-forked child on each stream; 0: it has none.</summary>
    internal long DaemonLines { get; private init; }

    /// <summary>When it is stopped, after its first line.</summary>
    internal TimeSpan StopAfter { get; private init; }

    /// <summary>About how long it prints when nobody stops it.</summary>
    internal TimeSpan Duration { get; private init; }

    /// <summary>Draws a plan; the same for the same arguments.</summary>
    internal static LifePlan Draw(int seed, string token, int life)
    {
        var key = token.Aggregate(WorkerLines.Mix((ulong)seed), (hash, letter) => WorkerLines.Mix(hash ^ letter));
        key = WorkerLines.Mix(key ^ (ulong)life);
        var random = new Random((int)(key & int.MaxValue));
        var ending = random.Next(100) switch { < 40 => Ending.Stop, < 50 => Ending.Signal, _ => Ending.Exit };
        var daemon = random.Next(100) < 15;
        var rhythm = daemon ? Rhythm.Single : Rhythms[random.Next(Rhythms.Length)];
        var seconds = random.Next(100) < 15 ? random.NextDouble() * 0.2 : 1 + random.NextDouble() * 17;
        var total = 2 + (long)(seconds * PerSecond(rhythm));
        var output = random.NextInt64(total);
        return new LifePlan(token, life, key)
        {
            Rhythm = rhythm,
            Ending = ending,
            Term = random.Next(4) switch { 0 => TermHabit.Ignore, 1 => TermHabit.Catch, _ => TermHabit.Default },
            Code = ending == Ending.Signal ? SignalUser1 : random.Next(4) == 0 ? 0 : random.Next(1, 77),
            Lines = ending == Ending.Stop ? (Endless, Endless) : (output, total - output),
            DaemonLines = !daemon ? 0 : ending == Ending.Stop ? Endless : 20 + (long)(seconds * 30),
            StopAfter = TimeSpan.FromSeconds(seconds * 0.8),
            Duration = TimeSpan.FromSeconds(seconds),
        };
    }

    /// <summary>How it is reported when it is stopped by SIGKILL.</summary>
    internal static RunEnd KilledEnd { get; } = new(-1, "SIGKILL", Intentional: true);

    /// <summary>How it must be reported when it ends of its own accord.</summary>
    internal RunEnd NaturalEnd => Ending == Ending.Signal ? new RunEnd(-1, "SIGUSR1", Intentional: false) : new RunEnd(Code, null, Intentional: false);

    /// <summary>How it must be reported when it is stopped.</summary>
    internal RunEnd StoppedEnd => Term switch
    {
        TermHabit.Ignore => KilledEnd,
        TermHabit.Catch => new RunEnd(CaughtCode, null, Intentional: true),
        _ => new RunEnd(-1, "SIGTERM", Intentional: true),
    };

    /// <summary>The parameters of the start.</summary>
    internal JsonObject Parameters() => new()
    {
        ["token"] = Token,
        ["life"] = Text(Life),
        ["key"] = Key.ToString("x", CultureInfo.InvariantCulture),
        ["out"] = Text(Lines.Output),
        ["err"] = Text(Lines.Error),
        ["rhythm"] = Rhythm.ToString().ToLowerInvariant(),
        ["end"] = Ending == Ending.Signal ? "signal" : "exit",
        ["code"] = Text(Code),
        ["term"] = Term.ToString().ToLowerInvariant(),
        ["daemon"] = Text(DaemonLines),
    };

    public override string ToString() =>
        $"{Token}.{Life} ({Rhythm}, {Ending} {Code}, SIGTERM {Term}, {Lines.Output}+{Lines.Error} lines{(DaemonLines > 0 ? $", daemon {DaemonLines}" : "")})";

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static double PerSecond(Rhythm rhythm) => rhythm switch
    {
        Rhythm.Burst => 100,
        Rhythm.Single => 45,
        Rhythm.Pieces => 25,
        Rhythm.Long => 40,
        _ => 0.7,
    };
}
