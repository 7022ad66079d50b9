using System.Globalization;

namespace Overseer.Chaos.Workers;

/// <summary>What a process noted of itself when it began.</summary>
internal sealed record StartNote(int Life, int Pid, Guid Run)
{
    /// <summary>All processes of a task, in the order of their starts.</summary>
    internal static IReadOnlyList<StartNote> ReadAll(string path)
    {
        if (!File.Exists(path))
            return [];
        var notes = new List<StartNote>();
        foreach (var line in File.ReadAllLines(path))
        {
            var parts = line.Split(' ');
            notes.Add(new StartNote(
                int.Parse(parts[0], CultureInfo.InvariantCulture),
                int.Parse(parts[1], CultureInfo.InvariantCulture),
                Guid.TryParse(parts[2], out var run) ? run : Guid.Empty));
        }
        return notes;
    }
}
