using System.Globalization;

namespace Overseer.Bench;

/// <summary>A figure's cells as a reader wants them.</summary>
internal static class FigureText
{
    internal static IReadOnlyList<string> Head { get; } = ["scenario", "case", "figure", "overseer", "limit", "ratio", "target", ""];

    internal static IReadOnlyList<string> Row(Figure figure) =>
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

    /// <summary>The rows worth showing: those that have a value or at least a limit.</summary>
    internal static IEnumerable<IReadOnlyList<string>> Rows(IEnumerable<Figure> figures) =>
        figures.Where(figure => figure.Value is not null || figure.Limit is not null).Select(Row);

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
