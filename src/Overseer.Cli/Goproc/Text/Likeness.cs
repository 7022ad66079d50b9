namespace Overseer.Cli.Goproc.Text;

/// <summary>Which command somebody may have meant.</summary>
internal static class Likeness
{
    private const int MostEdits = 2;

    /// <summary>Whether a known name begins with what was written, or is it but for two letters.</summary>
    internal static bool IsNear(string written, string known)
        => known.StartsWith(written, StringComparison.OrdinalIgnoreCase) || Edits(written.ToLowerInvariant(), known.ToLowerInvariant()) <= MostEdits;

    /// <summary>How many letters have to be put in, taken out or exchanged (Levenshtein).</summary>
    private static int Edits(string from, string to)
    {
        int[] row = [.. Enumerable.Range(0, to.Length + 1)];
        for (int i = 1; i <= from.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.Length; j++)
            {
                int exchanged = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(exchanged, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[to.Length];
    }
}
