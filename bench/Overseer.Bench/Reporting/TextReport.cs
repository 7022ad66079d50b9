using System.Globalization;

namespace Overseer.Bench;

/// <summary>The figures as aligned text.</summary>
internal static class TextReport
{
    internal static void Write(TextWriter output, IReadOnlyList<Figure> figures)
    {
        string[] head = ["scenario", "case", "figure", "overseer", "limit", "ratio", "target", ""];
        var rows = figures.Where(figure => figure.Value is not null || figure.Limit is not null).Select(Row).Prepend(head).ToList();
        var widths = Enumerable.Range(0, head.Length).Select(column => rows.Max(row => row[column].Length)).ToList();
        var previous = head;
        foreach (var row in rows)
        {
            // What repeats is left blank.
            var sameScenario = row != head && row[0] == previous[0];
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

    private static string[] Row(Figure figure) =>
    [
        figure.Scenario,
        figure.Case,
        figure.Name,
        Value(figure.Value, figure.Unit),
        Value(figure.Limit, figure.Unit),
        figure.Ratio is { } ratio ? ratio.ToString("0.00", CultureInfo.InvariantCulture) : "",
        figure.Target is { } target ? (figure.Better == Better.Higher ? "≥ " : "≤ ") + Value(target, figure.Unit) : "",
        figure.Reached switch { true => "reached", false => "missed", null => "" },
    ];

    private static string Value(double? value, string unit)
    {
        if (value is not { } number)
            return "";
        var (scaled, prefix) = Math.Abs(number) switch
        {
            >= 1e6 => (number / 1e6, " M"),
            >= 1e4 => (number / 1e3, " k"),
            _ => (number, " "),
        };
        return scaled.ToString(Math.Abs(scaled) switch { >= 100 => "0", >= 10 => "0.0", _ => "0.00#" }, CultureInfo.InvariantCulture) + prefix + unit;
    }
}
