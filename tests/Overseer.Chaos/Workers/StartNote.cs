using System.Globalization;

namespace Overseer.Chaos.Workers;

/// <summary>What a process noted of itself when it began.</summary>
/// <param name="Attempt">How many processes there were under the label of that life before.</param>
internal sealed record StartNote(int Life, int Attempt, int Pid, Guid Run)
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
            if (!WorkerLines.TryParseLabel(parts[0], out var life, out var attempt))
                throw new FormatException($"{path}: {line}");
            notes.Add(new StartNote(life, attempt, int.Parse(parts[1], CultureInfo.InvariantCulture), Guid.TryParse(parts[2], out var run) ? run : Guid.Empty));
        }
        return notes;
    }
}
