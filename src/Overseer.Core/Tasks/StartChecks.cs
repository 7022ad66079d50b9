using System.Text;

namespace Overseer.Core.Tasks;

/// <summary>The rules that a start's own words must keep, whatever is running. Each check says what is wrong, or <see langword="null"/>.</summary>
internal static class StartChecks
{
    /// <summary>Longest task id, tag or group, in bytes of UTF-8.</summary>
    public const int MaxIdBytes = 256;

    /// <summary>Longest name, in bytes.</summary>
    public const int MaxNameBytes = 64;

    /// <summary>A task id: not empty, at most 256 bytes, no control characters.</summary>
    public static string? TaskId(string? id) => id is null ? null : Text("task_id", id);

    /// <summary>A name: at most 64 bytes of letters, digits, <c>.</c>, <c>-</c> and <c>_</c>.</summary>
    public static string? Name(string name)
    {
        if (name.Length == 0) return "name must not be empty";
        if (name.Length > MaxNameBytes) return $"name: at most {MaxNameBytes} bytes are allowed";
        return name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_') ? null : $"name \"{Shown(name)}\": only letters, digits, \".\", \"-\" and \"_\" are allowed";
    }

    /// <summary>Tags or groups.</summary>
    public static string? Labels(string field, IReadOnlyList<string>? labels, int max)
    {
        if (labels is null) return null;
        if (labels.Count > max) return $"{field}: at most {max} are allowed";
        foreach (var label in labels)
        {
            if (label is null) return $"{field}: each must be a string";
            if (label.AsSpan().Trim().Length > 0 && Text(field, label.Trim()) is { } wrong) return wrong;
        }

        return null;
    }

    /// <summary>Joins the labels of an action and of a request: trimmed, blanks and doubles dropped, order kept.</summary>
    public static IReadOnlyList<string> Join(IReadOnlyList<string> first, IReadOnlyList<string>? second)
    {
        if (first.Count == 0 && second is not { Count: > 0 }) return [];
        return [.. first.Concat(second ?? []).Select(l => l.Trim()).Where(l => l.Length > 0).Distinct(StringComparer.Ordinal)];
    }

    private static string? Text(string field, string text)
    {
        if (text.Length == 0) return $"{field} must not be empty";
        if (text.Length > MaxIdBytes || Encoding.UTF8.GetByteCount(text) > MaxIdBytes) return $"{field}: at most {MaxIdBytes} bytes are allowed";
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsControl(text[i]) || text[i] is '\u2028' or '\u2029') return $"{field}: control characters are not allowed (position {i + 1})";
            if (!char.IsSurrogate(text[i])) continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1])) return $"{field}: half of a surrogate pair (position {i + 1})";
            i++;
        }

        return null;
    }

    private static string Shown(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));
}
