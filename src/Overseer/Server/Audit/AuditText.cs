using System.Globalization;
using System.Text;

namespace Overseer.Server.Audit;

/// <summary>Makes what clients send safe for a log: no text can end a line, hide what is beside it, or fill a disk.</summary>
internal static class AuditText
{
    /// <summary>Characters of one text at most.</summary>
    public const int MostCharacters = 1000;

    /// <summary>The text: characters that control or format as <c>\uXXXX</c>, halves of pairs as U+FFFD, backslashes doubled, cut at <see cref="MostCharacters"/>.</summary>
    public static string Safe(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "";
        }

        var cut = text.Length > MostCharacters;
        var shown = cut ? text.AsSpan(0, MostCharacters) : text.AsSpan();
        if (!cut && !NeedsEscape(shown))
        {
            return text;
        }

        var safe = new StringBuilder(shown.Length + 16);
        foreach (var rune in shown.EnumerateRunes())
        {
            Append(safe, rune);
        }

        return cut ? safe.Append('…').ToString() : safe.ToString();
    }

    private static bool NeedsEscape(ReadOnlySpan<char> text)
    {
        foreach (var letter in text)
        {
            if (letter is < ' ' or > '~' or '\\')
            {
                return true;
            }
        }

        return false;
    }

    private static void Append(StringBuilder safe, Rune rune)
    {
        if (rune.Value == '\\')
        {
            safe.Append(@"\\");
        }
        else if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned)
        {
            foreach (var unit in rune.ToString())
            {
                safe.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}");
            }
        }
        else
        {
            // A half of a pair has become U+FFFD by now.
            safe.Append(rune.ToString());
        }
    }
}
