using System.Buffers;
using System.Globalization;
using System.Text;

namespace Overseer.Core.Expressions.Cel.Syntax;

/// <summary>Reads CEL's quoted texts and bytes: one or three quotes of either sort, <c>r</c> for raw, <c>b</c> for bytes.</summary>
internal static class CelQuoted
{
    private const string Known = "known are \\a \\b \\f \\n \\r \\t \\v \\\\ \\? \\\" \\' \\` \\xhh \\ooo";

    /// <summary>Whether a quoted text, with its prefix, begins here.</summary>
    public static bool Starts(string text, int at)
    {
        var quote = at;
        while (quote < text.Length && quote < at + 2 && text[quote] is 'r' or 'R' or 'b' or 'B') quote++;
        if (quote >= text.Length || text[quote] is not ('"' or '\'')) return false;
        return quote < at + 2 || char.ToLowerInvariant(text[at]) != char.ToLowerInvariant(text[at + 1]);
    }

    /// <summary>Reads the quoted text that begins at <paramref name="at"/> and moves behind it.</summary>
    /// <exception cref="CelException">It has no end, or an escape is wrong.</exception>
    public static CelToken Read(CelSource source, ref int at)
    {
        var text = source.Text;
        var start = at;
        bool raw = false, bytes = false;
        for (; text[at] is not ('"' or '\''); at++)
        {
            if (text[at] is 'r' or 'R') raw = true;
            else bytes = true;
        }

        var quote = text[at..(at + 1)];
        var three = new string(quote[0], 3);
        var isLong = string.CompareOrdinal(text, at, three, 0, 3) == 0;
        var close = isLong ? three : quote;
        at += close.Length;
        var octets = new ArrayBufferWriter<byte>();
        while (true)
        {
            if (at >= text.Length) throw source.Error(start, $"the text in quotes has no end: {close} is missing");
            if (string.CompareOrdinal(text, at, close, 0, close.Length) == 0)
            {
                at += close.Length;
                return new(bytes ? CelTokenKind.Bytes : CelTokenKind.Text, start, "", octets.WrittenSpan.ToArray());
            }

            if (text[at] is '\n' or '\r' && !isLong) throw source.Error(start, "the text in quotes does not end on its line; several lines need three quotes");
            if (text[at] == '\\' && !raw) Escape(source, ref at, bytes, octets);
            else Plain(text, ref at, octets);
        }
    }

    /// <summary>One character as it stands; ends of lines are all taken as <c>\n</c>.</summary>
    private static void Plain(string text, ref int at, ArrayBufferWriter<byte> octets)
    {
        Rune.DecodeFromUtf16(text.AsSpan(at), out var rune, out var length);
        if (rune.Value == '\r')
        {
            if (at + 1 < text.Length && text[at + 1] == '\n') length++;
            rune = new Rune('\n');
        }

        at += length;
        Append(rune, octets);
    }

    private static void Escape(CelSource source, ref int at, bool bytes, ArrayBufferWriter<byte> octets)
    {
        var start = at++;
        var text = source.Text;
        var c = at < text.Length ? text[at++] : '\0';
        var simple = c switch
        {
            'a' => '\a',
            'b' => '\b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\v',
            '\\' or '?' or '"' or '\'' or '`' => c,
            _ => '\0',
        };
        if (simple != '\0') Append(new Rune(simple), octets);
        else if (c is 'x' or 'X') Octet(source, start, Digits(source, start, ref at, 2, 16), bytes, octets);
        else if (c is >= '0' and <= '3') Octet(source, start, Octal(source, start, ref at), bytes, octets);
        else if (c is 'u' or 'U' && bytes) throw source.Error(start, $"bytes know no \\{c}; {Known}");
        else if (c is 'u' or 'U') Character(source, start, Digits(source, start, ref at, c == 'u' ? 4 : 8, 16), octets);
        else throw source.Error(start, $"unknown escape; {Known}{(bytes ? "" : " \\uhhhh \\Uhhhhhhhh")}; a raw text is r\"…\"");
    }

    private static uint Octal(CelSource source, int start, ref int at)
    {
        at--;
        return Digits(source, start, ref at, 3, 8);
    }

    private static uint Digits(CelSource source, int start, ref int at, int count, int numberBase)
    {
        var value = 0u;
        for (var i = 0; i < count; i++, at++)
        {
            var digit = at < source.Text.Length && char.IsAsciiHexDigit(source.Text[at])
                ? int.Parse(source.Text.AsSpan(at, 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
                : 16;
            if (digit >= numberBase) throw source.Error(start, $"the escape needs {count} {(numberBase == 8 ? "octal" : "hexadecimal")} digits");
            value = (value * (uint)numberBase) + (uint)digit;
        }

        return value;
    }

    /// <summary>In bytes it is an octet, in a text a character.</summary>
    private static void Octet(CelSource source, int start, uint value, bool bytes, ArrayBufferWriter<byte> octets)
    {
        if (bytes) octets.Write([(byte)value]);
        else Character(source, start, value, octets);
    }

    private static void Character(CelSource source, int start, uint value, ArrayBufferWriter<byte> octets)
    {
        if (!Rune.TryCreate(value, out var rune)) throw source.Error(start, "the escape is no Unicode character");
        Append(rune, octets);
    }

    private static void Append(Rune rune, ArrayBufferWriter<byte> octets) => octets.Advance(rune.EncodeToUtf8(octets.GetSpan(4)));
}
