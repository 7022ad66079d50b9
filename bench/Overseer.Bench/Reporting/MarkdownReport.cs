namespace Overseer.Bench;

/// <summary>The figures as a table for docs/benchmarks.md.</summary>
internal static class MarkdownReport
{
    internal static void Write(TextWriter output, IReadOnlyList<Figure> figures)
    {
        output.WriteLine(Line(FigureText.Head));
        output.WriteLine("|---|---|---|--:|--:|--:|--:|---|");
        foreach (var row in FigureText.Rows(figures))
            output.WriteLine(Line(row));
    }

    private static string Line(IEnumerable<string> cells) => "| " + string.Join(" | ", cells) + " |";
}
