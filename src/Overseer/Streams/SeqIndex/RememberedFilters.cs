using System.Globalization;
using System.Text;

namespace Overseer.Streams.SeqIndex;

/// <summary>
/// The filters that an earlier server had, in a file of lines <c>fingerprint action</c>. Without it nobody could tell a task that had no filter, and whose lines
/// were all shown and numbered, from one whose index is lost.
/// </summary>
internal sealed class RememberedFilters
{
    private const string FileName = "output-filters";
    private const string Title = "overseer output filters 1";
    private readonly Dictionary<string, ulong>? _byAction;

    private RememberedFilters(Dictionary<string, ulong>? byAction) => _byAction = byAction;

    /// <summary>What is remembered below a root of journals.</summary>
    public static RememberedFilters Load(string journalRoot)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(Path.Join(journalRoot, FileName));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new RememberedFilters(null);
        }

        if (lines is not [Title, ..])
        {
            return new RememberedFilters(null);
        }

        var byAction = new Dictionary<string, ulong>(StringComparer.Ordinal);
        foreach (var line in lines.Skip(1))
        {
            if (line.Split(' ', 2) is [var hex, var action] && ulong.TryParse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var fingerprint))
            {
                byAction[Uri.UnescapeDataString(action)] = fingerprint;
            }
        }

        return new RememberedFilters(byAction);
    }

    /// <summary>The filter that an action had, 0 for none; null when nothing is remembered at all.</summary>
    public ulong? Of(string action) => _byAction?.GetValueOrDefault(action);

    /// <summary>Remembers the filters of now, if they are others.</summary>
    /// <returns>What is remembered now.</returns>
    /// <exception cref="IOException">They cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">They cannot be written.</exception>
    public RememberedFilters Replace(string journalRoot, OutputFilters filters)
    {
        var now = filters.Fingerprints.OrderBy(entry => entry.Key, StringComparer.Ordinal).ToList();
        if (_byAction is null ? now.Count == 0 : now.Count == _byAction.Count && now.TrueForAll(entry => _byAction.GetValueOrDefault(entry.Key) == entry.Value))
        {
            return this;
        }

        var text = new StringBuilder(Title).Append('\n');
        foreach (var (action, fingerprint) in now)
        {
            text.Append(CultureInfo.InvariantCulture, $"{fingerprint:x16} {Uri.EscapeDataString(action)}\n");
        }

        PrivateFile.Replace(Path.Join(journalRoot, FileName), Encoding.UTF8.GetBytes(text.ToString()));
        return new RememberedFilters(now.ToDictionary(StringComparer.Ordinal));
    }
}
