using System.Globalization;
using System.Text;

namespace Overseer.Cli.Goproc.Text;

/// <summary>The comma lists of flags: one line of CSV as Go's <c>encoding/csv</c> reads it.</summary>
internal static class CsvLine
{
    /// <summary>The fields; none of an empty text.</summary>
    /// <exception cref="FormatException">A quote is wrong, with Go's message.</exception>
    internal static List<string> Read(string text)
    {
        var fields = new List<string>();
        if (text.Length == 0)
            return fields;
        int at = 0;
        while (true)
        {
            fields.Add(at < text.Length && text[at] == '"' ? Quoted(text, ref at) : Bare(text, ref at));
            if (at >= text.Length)
                return fields;
            at++; // the comma
        }
    }

    private static string Bare(string text, ref int at)
    {
        int begin = at;
        int end = text.IndexOf(',', begin);
        at = end < 0 ? text.Length : end;
        string field = text[begin..at];
        int quote = field.IndexOf('"', StringComparison.Ordinal);
        return quote < 0 ? field : throw Wrong(text, begin + quote, "bare \" in non-quoted field");
    }

    private static string Quoted(string text, ref int at)
    {
        var field = new StringBuilder();
        for (at++; ; at++)
        {
            int quote = text.IndexOf('"', at);
            if (quote < 0)
                throw Wrong(text, text.Length, "extraneous or missing \" in quoted-field");
            field.Append(text, at, quote - at);
            at = quote + 1;
            if (at >= text.Length || text[at] == ',')
                return field.ToString();
            if (text[at] != '"')
                throw Wrong(text, quote, "extraneous or missing \" in quoted-field");
            field.Append('"'); // doubled
        }
    }

    private static FormatException Wrong(string text, int at, string message)
        => new($"parse error on line 1, column {(Encoding.UTF8.GetByteCount(text.AsSpan(0, at)) + 1).ToString(CultureInfo.InvariantCulture)}: {message}");
}
