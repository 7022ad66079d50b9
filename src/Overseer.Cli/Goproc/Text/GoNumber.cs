using System.Globalization;
using Overseer.Core.Tasks;

namespace Overseer.Cli.Goproc.Text;

/// <summary>Numbers as Go's <c>strconv</c> reads them, and its complaints.</summary>
internal static class GoNumber
{
    /// <summary>Reads a decimal number (<c>strconv.Atoi</c>).</summary>
    /// <exception cref="FormatException">It is none, with Go's message.</exception>
    internal static long Atoi(string text) => Parse(text, "Atoi", text, 10);

    /// <summary>Reads a number with a prefix that tells its base, and underscores between digits (<c>strconv.ParseInt</c> with base 0).</summary>
    /// <exception cref="FormatException">It is none, with Go's message.</exception>
    internal static long ParseInt(string text)
    {
        string digits = text.TrimStart('+', '-');
        string sign = text[..(text.Length - digits.Length)];
        (int radix, int prefix) = digits.Length < 2 || digits[0] != '0' ? (10, 0) : char.ToLowerInvariant(digits[1]) switch
        {
            'x' => (16, 2),
            'b' => (2, 2),
            'o' => (8, 2),
            _ => (8, 1),
        };
        bool underscores = digits.Contains('_', StringComparison.Ordinal);
        if (underscores && (digits.EndsWith('_') || digits.StartsWith('_') || digits.Contains("__", StringComparison.Ordinal)))
            throw Invalid("ParseInt", text);
        return Parse(sign + digits[prefix..].Replace("_", "", StringComparison.Ordinal), "ParseInt", text, radix);
    }

    private static long Parse(string number, string function, string text, int radix)
    {
        bool negative = number.StartsWith('-');
        string digits = negative || number.StartsWith('+') ? number[1..] : number;
        if (digits.Length == 0 || !digits.All(one => char.IsAsciiHexDigit(one) && int.Parse(one.ToString(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) < radix))
            throw Invalid(function, text);
        ulong value = 0;
        foreach (char one in digits)
        {
            UInt128 next = ((UInt128)value * (uint)radix) + (UInt128)int.Parse(one.ToString(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            if (next > (ulong)long.MaxValue + (negative ? 1UL : 0))
                throw new FormatException($"strconv.{function}: parsing {GoQuote.Text(text)}: value out of range");
            value = (ulong)next;
        }
        return negative ? unchecked((long)(0 - value)) : (long)value;
    }

    private static FormatException Invalid(string function, string text) => new($"strconv.{function}: parsing {GoQuote.Text(text)}: invalid syntax");
}
