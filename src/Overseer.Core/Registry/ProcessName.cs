using System.Globalization;
using System.Text;

namespace Overseer.Core.Registry;

/// <summary>The form of a unique name, in the words of goproc (PROTOCOLS.md, "goproc"): at most 64 bytes of letters and digits of any script, <c>.</c>, <c>-</c> and <c>_</c>.</summary>
internal static class ProcessName
{
    /// <summary>Longest name, in bytes of UTF-8.</summary>
    public const int MaxBytes = 64;

    /// <summary>Without the spaces around it; <see langword="null"/> when nothing is left.</summary>
    public static string? Trim(string? name) => name?.Trim() is { Length: > 0 } trimmed ? trimmed : null;

    /// <summary>What is wrong with a trimmed name, or <see langword="null"/>.</summary>
    public static string? Problem(string name)
    {
        if (name.Length > MaxBytes || Encoding.UTF8.GetByteCount(name) > MaxBytes) return $"name \"{Shown(name)}\" is too long (max {MaxBytes} characters)";
        foreach (var rune in name.EnumerateRunes())
        {
            if (!IsAllowed(rune)) return $"name \"{Shown(name)}\" contains invalid character '{Shown(rune.ToString())}' (allowed: letters, digits, '.', '-', '_')";
        }

        return null;
    }

    private static bool IsAllowed(Rune rune) => Rune.IsLetter(rune) || Rune.GetUnicodeCategory(rune) == UnicodeCategory.DecimalDigitNumber || rune.Value is '.' or '-' or '_';

    private static string Shown(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));
}
