using System.Globalization;
using System.Text;

namespace Overseer.Core.Expressions;

/// <summary>Reads Go's quoted texts: <c>"…"</c> with escapes, <c>`…`</c> without.</summary>
internal static class GoString
{
    /// <summary>Reads the quoted text that begins at <paramref name="at"/> and moves behind it.</summary>
    /// <exception cref="TemplateException">It has no end, or an escape is wrong.</exception>
    public static string Read(string text, ref int at)
    {
        var start = at++;
        if (text[start] == '`')
        {
            var end = text.IndexOf('`', at);
            if (end < 0) throw new TemplateException(start, "the quoted text has no end");
            var raw = text[at..end];
            at = end + 1;
            return raw;
        }

        var value = new StringBuilder();
        while (true)
        {
            if (at >= text.Length || text[at] == '\n') throw new TemplateException(start, "the quoted text has no end");
            var c = text[at++];
            if (c == '"') return value.ToString();
            if (c == '\\') Escape(text, ref at, start, value);
            else value.Append(c);
        }
    }

    private static void Escape(string text, ref int at, int start, StringBuilder value)
    {
        if (at >= text.Length) throw new TemplateException(start, "the quoted text has no end");
        var escape = at - 1;
        switch (text[at++])
        {
            case 'a': value.Append('\a'); break;
            case 'b': value.Append('\b'); break;
            case 'f': value.Append('\f'); break;
            case 'n': value.Append('\n'); break;
            case 'r': value.Append('\r'); break;
            case 't': value.Append('\t'); break;
            case 'v': value.Append('\v'); break;
            case '\\': value.Append('\\'); break;
            case '"': value.Append('"'); break;
            case 'x': Hex(text, ref at, escape, 2, value); break;
            case 'u': Hex(text, ref at, escape, 4, value); break;
            case 'U': Hex(text, ref at, escape, 8, value); break;
            default: throw new TemplateException(escape, "unknown escape; known are \\a \\b \\f \\n \\r \\t \\v \\\\ \\\" \\xhh \\uhhhh \\Uhhhhhhhh");
        }
    }

    private static void Hex(string text, ref int at, int escape, int digits, StringBuilder value)
    {
        var position = at;
        at += digits;
        if (at > text.Length || !uint.TryParse(text.AsSpan(position, digits), NumberStyles.AllowHexSpecifier, null, out var code) || !Rune.IsValid(code))
        {
            throw new TemplateException(escape, $"an escape needs {digits} hexadecimal digits of a character");
        }

        value.Append(new Rune(code).ToString());
    }
}
