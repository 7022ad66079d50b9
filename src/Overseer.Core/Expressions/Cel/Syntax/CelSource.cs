using System.Text;

namespace Overseer.Core.Expressions.Cel.Syntax;

/// <summary>The text of an expression, and how a place in it is told to people.</summary>
internal sealed class CelSource(string text)
{
    private const int MaxShown = 100;

    /// <summary>The expression as written.</summary>
    public string Text => text;

    /// <summary>An error about the character at an offset.</summary>
    /// <param name="position">Offset in UTF-16 code units; the text's length means its end.</param>
    /// <param name="cause">What is wrong and what is allowed.</param>
    public CelException Error(int position, string cause)
    {
        position = Math.Clamp(position, 0, text.Length);
        var start = position == 0 ? 0 : text.LastIndexOf('\n', position - 1) + 1;
        var end = text.IndexOf('\n', position);
        if (end < 0) end = text.Length;
        var line = text.AsSpan(0, start).Count('\n') + 1;
        var column = Characters(text.AsSpan(start, position - start)) + 1;
        var several = text.AsSpan().TrimEnd().Contains('\n');
        var place = several ? $"line {line}, column {column}" : $"column {column}";
        return new CelException(line, column, cause, $"{place}: {cause}{Show(start, end, position)}");
    }

    private static int Characters(ReadOnlySpan<char> piece)
    {
        var count = 0;
        foreach (var _ in piece.EnumerateRunes()) count++;
        return count;
    }

    /// <summary>The line with a mark below the place; of a long line only what is around it.</summary>
    private string Show(int start, int end, int position)
    {
        if (text.AsSpan(start, end - start).IsWhiteSpace()) return "";
        var from = Math.Max(start, Math.Min(position - (MaxShown / 2), end - MaxShown));
        var to = Math.Min(end, from + MaxShown);
        if (from > start && char.IsLowSurrogate(text[from])) from--;
        var before = from > start ? "…" : "";
        var after = to < end ? "…" : "";
        var mark = new StringBuilder().Append(' ', before.Length);
        foreach (var rune in text.AsSpan(from, position - from).EnumerateRunes()) mark.Append(rune.Value == '\t' ? '\t' : ' ');
        return $"\n  {before}{Printable(text.AsSpan(from, to - from))}{after}\n  {mark}^";
    }

    private static string Printable(ReadOnlySpan<char> piece)
    {
        var printable = new StringBuilder(piece.Length);
        foreach (var rune in piece.EnumerateRunes()) printable.Append(Rune.IsControl(rune) && rune.Value != '\t' ? "?" : rune.ToString());
        return printable.ToString();
    }
}
