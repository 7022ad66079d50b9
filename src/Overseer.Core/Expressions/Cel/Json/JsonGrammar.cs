using System.Buffers;

namespace Overseer.Core.Expressions.Cel.Json;

/// <summary>
/// Says whether a text is a JSON object (RFC 8259), without making anything of it and without an exception for one that is not: most lines of most programs are none.
/// </summary>
internal static class JsonGrammar
{
    /// <summary>Deepest nesting; what is deeper counts as no JSON.</summary>
    public const int MaxDepth = 64;

    private static readonly SearchValues<byte> StringStops = SearchValues.Create([(byte)'"', (byte)'\\', .. Enumerable.Range(0, 0x20).Select(i => (byte)i)]);

    /// <summary>Whether the first byte that is no blank is a brace: a quick look.</summary>
    public static bool MayBeObject(ReadOnlySpan<byte> text)
    {
        var at = SkipBlanks(text, 0);
        return at < text.Length && text[at] == '{';
    }

    /// <summary>Whether it is one object, with nothing but blanks around it.</summary>
    public static bool IsObject(ReadOnlySpan<byte> text)
    {
        var at = SkipBlanks(text, 0);
        if (at >= text.Length || text[at] != '{') return false;
        var objects = 0UL; // one bit for each open bracket: whether it is a brace
        var depth = 0;
        while (true)
        {
            if (at >= text.Length) return false;
            if (text[at] is (byte)'{' or (byte)'[')
            {
                if (depth++ == MaxDepth) return false;
                var isObject = text[at] == '{';
                objects = (objects << 1) | (isObject ? 1UL : 0);
                at = SkipBlanks(text, at + 1);
                if (at >= text.Length) return false;
                if (text[at] != (isObject ? '}' : ']'))
                {
                    if (isObject && !Key(text, ref at)) return false;
                    continue;
                }
            }
            else if (!Scalar(text, ref at))
            {
                return false;
            }

            if (!AfterValue(text, ref at, ref objects, ref depth)) return false;
            if (depth == 0) return at == text.Length;
        }
    }

    /// <summary>Index of the first byte from <paramref name="at"/> that is no blank.</summary>
    public static int SkipBlanks(ReadOnlySpan<byte> text, int at)
    {
        while (at < text.Length && text[at] is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r') at++;
        return at;
    }

    /// <summary>Closes brackets and moves to the next value; the depth is 0 behind the last.</summary>
    private static bool AfterValue(ReadOnlySpan<byte> text, ref int at, ref ulong objects, ref int depth)
    {
        // A bracket that was opened and closed at once still stands at its closing one.
        while (true)
        {
            at = SkipBlanks(text, at);
            if (at >= text.Length) return false;
            var isObject = (objects & 1) != 0;
            if (text[at] == ',')
            {
                at = SkipBlanks(text, at + 1);
                return !isObject || Key(text, ref at);
            }

            if (text[at] != (isObject ? '}' : ']')) return false;
            at++;
            objects >>= 1;
            if (--depth > 0) continue;
            at = SkipBlanks(text, at);
            return true;
        }
    }

    private static bool Key(ReadOnlySpan<byte> text, ref int at)
    {
        if (at >= text.Length || text[at] != '"' || !String(text, ref at)) return false;
        at = SkipBlanks(text, at);
        if (at >= text.Length || text[at] != ':') return false;
        at = SkipBlanks(text, at + 1);
        return true;
    }

    private static bool Scalar(ReadOnlySpan<byte> text, ref int at)
    {
        switch (text[at])
        {
            case (byte)'"': return String(text, ref at);
            case (byte)'t': return Word(text, ref at, "true"u8);
            case (byte)'f': return Word(text, ref at, "false"u8);
            case (byte)'n': return Word(text, ref at, "null"u8);
            default: return Number(text, ref at);
        }
    }

    private static bool Word(ReadOnlySpan<byte> text, ref int at, ReadOnlySpan<byte> word)
    {
        if (!text[at..].StartsWith(word)) return false;
        at += word.Length;
        return true;
    }

    private static bool String(ReadOnlySpan<byte> text, ref int at)
    {
        at++;
        while (true)
        {
            var length = text[at..].IndexOfAny(StringStops);
            if (length < 0) return false;
            at += length;
            switch (text[at++])
            {
                case (byte)'"': return true;
                case (byte)'\\':
                    if (!Escape(text, ref at)) return false;
                    break;
                default: return false;
            }
        }
    }

    private static bool Escape(ReadOnlySpan<byte> text, ref int at)
    {
        if (at >= text.Length) return false;
        switch (text[at++])
        {
            case (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t': return true;
            case (byte)'u':
                for (var i = 0; i < 4; i++, at++)
                {
                    if (at >= text.Length || !char.IsAsciiHexDigit((char)text[at])) return false;
                }

                return true;
            default: return false;
        }
    }

    private static bool Number(ReadOnlySpan<byte> text, ref int at)
    {
        if (text[at] == '-') at++;
        if (at < text.Length && text[at] == '0') at++;
        else if (!Digits(text, ref at)) return false;
        if (at < text.Length && text[at] == '.')
        {
            at++;
            if (!Digits(text, ref at)) return false;
        }

        if (at < text.Length && text[at] is (byte)'e' or (byte)'E')
        {
            at++;
            if (at < text.Length && text[at] is (byte)'+' or (byte)'-') at++;
            return Digits(text, ref at);
        }

        return true;
    }

    private static bool Digits(ReadOnlySpan<byte> text, ref int at)
    {
        var start = at;
        while (at < text.Length && char.IsAsciiDigit((char)text[at])) at++;
        return at > start;
    }
}
