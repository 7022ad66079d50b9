namespace Overseer.Bench;

/// <summary>The figures as aligned text.</summary>
internal static class TextReport
{
    internal static void Write(TextWriter output, IReadOnlyList<Figure> figures)
    {
        var rows = FigureText.Rows(figures).Prepend(FigureText.Head).ToList();
        var widths = Enumerable.Range(0, FigureText.Head.Count).Select(column => rows.Max(row => row[column].Length)).ToList();
        var previous = FigureText.Head;
        foreach (var row in rows)
        {
            // What repeats is left blank.
            var sameScenario = row != FigureText.Head && row[0] == previous[0];
            var sameCase = sameScenario && row[1] == previous[1];
            var cells = row.Select((cell, column) =>
            {
                var text = (column == 0 && sameScenario) || (column == 1 && sameCase) ? "" : cell;
                return column is >= 3 and <= 6 ? text.PadLeft(widths[column]) : text.PadRight(widths[column]);
            });
            output.WriteLine(string.Join("  ", cells).TrimEnd());
            previous = row;
        }
    }
}
