namespace Overseer.Bench;

/// <summary>What a scenario works with: sizes, a directory for its FIFOs, the server, and a place for what went wrong.</summary>
internal sealed class BenchContext : IDisposable
{
    private readonly BenchOptions _options;
    private readonly List<string> _faults = [];

    internal BenchContext(BenchOptions options)
    {
        _options = options;
        Directory = PrivateDirectory.MakeUnique(options.Directory, "overseer-bench-");
    }

    internal string Directory { get; }

    /// <summary>This program; it is its own line writer.</summary>
    internal string Self { get; } = Path.Combine(AppContext.BaseDirectory, "Overseer.Bench");

    internal bool WithServer => !_options.LimitsOnly;

    internal bool Verify => _options.Verify;

    internal int Repeat => _options.Repeat;

    /// <summary>What was delivered wrongly; a benchmark that drops lines is no benchmark.</summary>
    internal IReadOnlyList<string> Faults => _faults;

    internal long Sized(long full) => Smoke ? Math.Max(1, full / 50) : full;

    internal bool Smoke => _options.Smoke;

    /// <summary>The program that is measured.</summary>
    internal string Overseer => _options.Overseer ?? Default();

    internal ServerUnderTest StartServer(bool stores = true, string? config = null) => ServerUnderTest.Start(Overseer, Directory, stores, config);

    internal void Fault(string what)
    {
        _faults.Add(what);
        Say("WRONG: " + what);
    }

    internal static void Say(string text) => Console.Error.WriteLine(text);

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);

    private static string Default()
    {
        for (var directory = AppContext.BaseDirectory; directory is not null; directory = Path.GetDirectoryName(directory))
        {
            var candidate = Path.Combine(directory, "dist", "overseer");
            if (File.Exists(candidate))
                return candidate;
        }
        throw new FileNotFoundException("there is no dist/overseer: run make build, or name the program with --overseer");
    }
}
