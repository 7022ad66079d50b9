using System.Text;

namespace Overseer.Metrics.Prometheus;

/// <summary>
/// The name of an instrument as Prometheus writes it, by the rules of OpenTelemetry's specification ("Prometheus and OpenMetrics Compatibility"): other characters become underscores, the unit
/// is written out and follows if the name does not end with it, and so does <c>_total</c> for a counter.
/// </summary>
internal static class MetricName
{
    /// <summary>What the samples of a counter are called beyond their family's name.</summary>
    public const string Total = "_total";

    /// <summary>The name without <see cref="Total"/>.</summary>
    public static string Family(string instrument, string? unit)
    {
        var name = Label(instrument);
        var suffix = Suffix(unit);
        return suffix is null || name.EndsWith(suffix, StringComparison.Ordinal) ? name : name + suffix;
    }

    /// <summary>The name of a label.</summary>
    public static string Label(string name)
    {
        var text = new StringBuilder(name.Length);
        foreach (var c in name)
        {
            text.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
        }

        return text.ToString();
    }

    /// <summary>What a unit adds; units in braces are for people.</summary>
    private static string? Suffix(string? unit) => unit switch
    {
        "s" => "_seconds",
        "By" => "_bytes",
        _ => null,
    };
}
