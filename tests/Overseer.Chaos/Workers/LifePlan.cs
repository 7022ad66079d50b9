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

    /// <summary>How many processes there were under this label before; 0 for the one that was asked for.</summary>
    internal int Attempt { get; private init; }

    /// <summary>What its processes call it.</summary>
    internal string Label => Attempt == 0 ? Text(Life) : $"{Text(Life)}.{Text(Attempt)}";

    /// <summary>How it is started again; <see langword="null"/>: not.</summary>
    internal Retries? Retries { get; private init; }

    /// <summary>Of how many tasks it is one that may run at once; 0: of any number.</summary>
    internal int Pool { get; private init; }

    /// <summary>Whether it ends when its standard input does.</summary>
    internal bool ReadsInput { get; private init; }

    /// <summary>Whether it is started with force.</summary>
    internal bool Force { get; private init; }

    /// <summary>Whether there may be more processes under its label.</summary>
    internal bool MayRunAgain => Retries is not null || Pool > 0;

    /// <summary>The action that it is started from.</summary>
    internal string Action => Pool > 0 ? ServerConfiguration.Pooled : ReadsInput ? ServerConfiguration.Reading : ServerConfiguration.Work;

    /// <summary>The task.</summary>
    internal string Token { get; }

    /// <summary>The number of the request that asked for it: no two requests have the same, whatever becomes of them.</summary>
    internal int Life { get; }

    /// <summary>What its lines are made from.</summary>
    internal ulong Key { get; private init; }

    internal Rhythm Rhythm { get; private init; }

    internal Ending Ending { get; private init; }

    /// <summary>Whether its own end is a signal that it sends itself.</summary>
    internal bool EndsBySignal { get; private init; }

    internal TermHabit Term { get; private init; }

    /// <summary>Exit code, or the signal that it sends itself.</summary>
    internal int Code { get; private init; }

    /// <summary>Lines on standard output and standard error; more than it ever gets to when it is stopped.</summary>
    internal (long Output, long Error) Lines { get; private init; }

    /// <summary>Lines of its double-forked child on each stream; 0: it has none.</summary>
    internal long DaemonLines { get; private init; }

    /// <summary>When it is stopped, after its first line; for one with <see cref="Retries"/> zero when it is not.</summary>
    internal TimeSpan StopAfter { get; private init; }

    /// <summary>About how long it prints when nobody stops it.</summary>
    internal TimeSpan Duration { get; private init; }

    /// <summary>Draws the plan of a task without a limit; the same for the same arguments.</summary>
    internal static LifePlan Draw(int seed, string token, int life)
    {
        var (key, random) = Begin(seed, token, life);
        var ending = random.Next(100) switch { < 33 => Ending.Stop, < 42 => Ending.Signal, < 62 => Ending.RestartByPolicy, _ => Ending.Exit };
        var daemon = ending != Ending.RestartByPolicy && random.Next(100) < 15;
        var rhythm = daemon ? Rhythm.Single : ending == Ending.RestartByPolicy ? Quick(random) : Rhythms[random.Next(Rhythms.Length)];
        var seconds = random.Next(100) < 15 ? random.NextDouble() * 0.2 : ending == Ending.RestartByPolicy ? 0.1 + (random.NextDouble() * 1.2) : 1 + (random.NextDouble() * 17);
        var total = 2 + (long)(seconds * PerSecond(rhythm));
        var output = random.NextInt64(total);
        var bySignal = ending == Ending.Signal || (ending == Ending.RestartByPolicy && random.Next(6) == 0);
        var plan = new LifePlan(token, life, key)
        {
            Rhythm = rhythm,
            Ending = ending,
            EndsBySignal = bySignal,
            Term = random.Next(4) switch { 0 => TermHabit.Ignore, 1 => TermHabit.Catch, _ => TermHabit.Default },
            Code = bySignal ? SignalUser1 : random.Next(4) == 0 ? 0 : random.Next(1, 77),
            Lines = ending == Ending.Stop ? (Endless, Endless) : (output, total - output),
            DaemonLines = !daemon ? 0 : ending == Ending.Stop ? Endless : 20 + (long)(seconds * 30),
            StopAfter = TimeSpan.FromSeconds(seconds * 0.8),
            Duration = TimeSpan.FromSeconds(seconds),
        };
        return ending == Ending.RestartByPolicy ? plan.WithRetries(random) : plan;
    }

    /// <summary>Draws the plan of one of those of which only so many may run at once.</summary>
    internal static LifePlan DrawPooled(int seed, string token, int pool)
    {
        var (key, random) = Begin(seed, token, 1);
        var ending = random.Next(100) < 30 ? Ending.Stop : Ending.Exit;
        var rhythm = Quick(random);
        var seconds = 0.1 + (random.NextDouble() * 2.5);
        var total = 2 + (long)(seconds * PerSecond(rhythm));
        var output = random.NextInt64(total);
        return new LifePlan(token, 1, key)
        {
            Rhythm = rhythm,
            Ending = ending,
            Term = random.Next(3) == 0 ? TermHabit.Catch : TermHabit.Default,
            Code = random.Next(77),
            Lines = ending == Ending.Stop ? (Endless, Endless) : (output, total - output),
            StopAfter = TimeSpan.FromSeconds(seconds),
            Duration = TimeSpan.FromSeconds(seconds),
            Pool = pool,
            Force = random.Next(100) < 15,
        };
    }

    /// <summary>Draws the plan of one that reads what its client writes.</summary>
    internal static LifePlan DrawReader(int seed, string token)
    {
        var (key, random) = Begin(seed, token, 1);
        return new LifePlan(token, 1, key)
        {
            Rhythm = Rhythm.Single,
            Ending = Ending.Exit,
            Term = TermHabit.Default,
            Code = random.Next(77),
            Lines = (1 + random.Next(3), 1 + random.Next(3)),
            Duration = TimeSpan.FromSeconds(2 + (random.NextDouble() * 12)),
            ReadsInput = true,
        };
    }

    /// <summary>The plan of a further process under its label.</summary>
    internal LifePlan Again(int attempt) => this with { Attempt = attempt, Key = WorkerLines.Mix(Key + (ulong)attempt) };

    /// <summary>How it is reported when it is stopped by SIGKILL.</summary>
    internal static RunEnd KilledEnd { get; } = new(-1, "SIGKILL", Intentional: true);

    /// <summary>How it must be reported when it ends of its own accord.</summary>
    internal RunEnd NaturalEnd => EndsBySignal ? new RunEnd(-1, "SIGUSR1", Intentional: false) : new RunEnd(Code, null, Intentional: false);

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
        ["end"] = EndsBySignal ? "signal" : "exit",
        ["code"] = Text(Code),
        ["term"] = Term.ToString().ToLowerInvariant(),
        ["daemon"] = Text(DaemonLines),
        ["pool"] = Text(Pool),
        ["input"] = ReadsInput ? "1" : "0",
    };

    public override string ToString() =>
        $"{Token}.{Label} ({Rhythm}, {Ending} {Code}, SIGTERM {Term}, {Lines.Output}+{Lines.Error} lines{(DaemonLines > 0 ? $", daemon {DaemonLines}" : "")}"
        + $"{(Retries is { } retries ? $", delay {retries.Delay.TotalMilliseconds} ms, {retries.Threshold} exits in {retries.Window.TotalSeconds} s" : "")}{(Force ? ", forced" : "")})";

    private static (ulong Key, Random Random) Begin(int seed, string token, int life)
    {
        var key = token.Aggregate(WorkerLines.Mix((ulong)seed), (hash, letter) => WorkerLines.Mix(hash ^ letter));
        key = WorkerLines.Mix(key ^ (ulong)life);
        return (key, new Random((int)(key & int.MaxValue)));
    }

    private static Rhythm Quick(Random random) => random.Next(3) switch { 0 => Rhythm.Pieces, 1 => Rhythm.Long, _ => Rhythm.Single };

    // Most are given up or stopped after a few restarts; half of the windows are about as long as a few lives.
    private LifePlan WithRetries(Random random)
    {
        var windowed = random.Next(3) == 0;
        var stopped = windowed || random.Next(3) == 0;
        var threshold = stopped && random.Next(4) == 0 ? 0 : random.Next(1, 6);
        return this with
        {
            Retries = new Retries(
                TimeSpan.FromMilliseconds(random.Next(3) == 0 ? 0 : random.Next(400)),
                TimeSpan.FromMilliseconds(random.Next(2) == 0 ? 0 : random.Next(200)),
                threshold,
                windowed ? TimeSpan.FromMilliseconds(random.Next(300, 6000)) : TimeSpan.Zero,
                random.Next(3)),
            StopAfter = stopped ? TimeSpan.FromSeconds(0.3 + (random.NextDouble() * 8)) : TimeSpan.Zero,
        };
    }

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
