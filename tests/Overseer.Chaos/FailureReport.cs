namespace Overseer.Chaos;

/// <summary>Everything that helps to find out what went wrong.</summary>
internal static class FailureReport
{
    private const int Tail = 60;

    internal static void Write(TextWriter output, ChaosRun run, ChaosOptions options)
    {
        output.WriteLine($"\nFAILED. Everything is kept in {run.Places.Root}; again: --seed {options.Seed} --minutes {options.Minutes} --tasks {options.Tasks}");
        Section(output, "what went wrong", run.Faults);
        Section(output, "tasks that were not seen to their end", run.Unseen);
        Section(output, "the latest kills", run.History);
        Section(output, $"the end of {run.Places.ServerLog}", Last(run.Places.ServerLog));
        Section(output, $"the end of {run.Places.RecorderLog}", Last(run.Places.RecorderLog));
    }

    private static void Section(TextWriter output, string title, IEnumerable<string> lines)
    {
        output.WriteLine($"\n-- {title}");
        foreach (var line in lines)
            output.WriteLine(line);
    }

    // The server's log repeats the message in its parts.
    private static string Shorten(string line) => line.IndexOf(",\"State\":", StringComparison.Ordinal) is > 0 and var end ? line[..end] : line;

    private static IEnumerable<string> Last(string path) => File.Exists(path) ? File.ReadLines(path).TakeLast(Tail).Select(Shorten) : [];
}
