namespace Overseer.Core.Configuration;

/// <summary>Finds the known key that a misspelled one was probably meant to be.</summary>
public static class NearestKey
{
    /// <summary>
    /// The known key closest to <paramref name="key"/>, or null when none is near. Case and <c>-</c> for <c>_</c> do not
    /// count; otherwise every inserted, dropped, replaced or swapped letter does, up to a third of the key's length (at least 2, less than all).
    /// </summary>
    public static string? Find(string key, IEnumerable<string> known)
    {
        var wanted = Fold(key);
        var limit = Math.Min(Math.Max(2, wanted.Length / 3), wanted.Length - 1);
        string? best = null;
        foreach (var candidate in known.Order(StringComparer.Ordinal))
        {
            var distance = Distance(wanted, Fold(candidate));
            if (distance > limit) continue;
            if (distance == limit && best is not null) continue;
            best = candidate;
            limit = distance;
        }

        return best;
    }

    private static string Fold(string key) => key.ToLowerInvariant().Replace('-', '_');

    /// <summary>Optimal string alignment distance: a swap of two neighbours counts one.</summary>
    private static int Distance(string a, string b)
    {
        var before = new int[b.Length + 1];
        var above = new int[b.Length + 1];
        var row = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++) above[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                row[j] = Math.Min(replaced, Math.Min(above[j], row[j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = Math.Min(row[j], before[j - 2] + 1);
            }

            (before, above, row) = (above, row, before);
        }

        return above[b.Length];
    }
}
