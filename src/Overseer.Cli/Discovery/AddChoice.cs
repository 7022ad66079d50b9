using System.Globalization;

namespace Overseer.Cli.Discovery;

/// <summary>Which of the listed processes a person wants to add.</summary>
internal static class AddChoice
{
    /// <summary>How the question ends.</summary>
    internal const string Question = "add which? (pids, all, or Enter for none) ";

    /// <summary>Reads the answer; null when it cannot be read.</summary>
    internal static IReadOnlyList<FoundProcess>? Read(string? answer, IReadOnlyList<FoundProcess> found)
    {
        string[] words = (answer ?? "").Split([' ', ',', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (words is ["all" or "a"])
            return found;
        var chosen = new List<FoundProcess>();
        foreach (string word in words)
        {
            if (!int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int pid) || found.FirstOrDefault(process => process.Pid == pid) is not { } process)
                return null;
            if (!chosen.Contains(process))
                chosen.Add(process);
        }
        return chosen;
    }
}
