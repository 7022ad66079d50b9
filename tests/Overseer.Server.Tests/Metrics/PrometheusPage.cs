using System.Globalization;
using System.Text.RegularExpressions;

namespace Overseer.Server.Tests.Metrics;

/// <summary>
/// A strict reader of the text format 0.0.4, and of the part of OpenMetrics 1.0.0 that we write: whatever is not as it should be fails the test.
/// </summary>
internal sealed partial class PrometheusPage
{
    private readonly Dictionary<string, double> _samples = new(StringComparer.Ordinal);
    private readonly bool _open;

    private PrometheusPage(bool open) => _open = open;

    /// <summary>The families in their order: name and type.</summary>
    public List<(string Name, string Type, string Help)> Families { get; } = [];

    /// <summary>All samples: name and labels as written, without those of buckets.</summary>
    public IReadOnlyDictionary<string, double> Samples => _samples;

    /// <summary>A sample that must be there, such as <c>overseer_tasks{state="active"}</c>.</summary>
    public double this[string series] => _samples.TryGetValue(series, out var value) ? value : throw new KeyNotFoundException($"no {series} among:\n{string.Join('\n', _samples.Keys)}");

    public static PrometheusPage Parse(string text, bool open = false)
    {
        var page = new PrometheusPage(open);
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        var lines = text[..^1].Split('\n').ToList();
        if (open)
        {
            Assert.Equal("# EOF", lines[^1]);
            lines.RemoveAt(lines.Count - 1);
        }

        var at = 0;
        while (at < lines.Count)
        {
            page.Family(lines, ref at);
        }

        return page;
    }

    /// <summary>The labels of a series, unescaped.</summary>
    public static Dictionary<string, string> Labels(string series)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        var open = series.IndexOf('{', StringComparison.Ordinal);
        if (open < 0)
        {
            return labels;
        }

        var at = open + 1;
        while (true)
        {
            var label = Label().Match(series, at);
            Assert.True(label.Success && label.Index == at, $"no label at {at} of {series}");
            Assert.True(labels.TryAdd(label.Groups["name"].Value, Unescape(label.Groups["value"].Value)), $"{label.Groups["name"].Value} twice in {series}");
            at += label.Length;
            if (series[at] == '}')
            {
                Assert.Equal(series.Length - 1, at);
                return labels;
            }

            Assert.Equal(',', series[at++]);
        }
    }

    private static string Unescape(string value) => Escape().Replace(value, match => match.Value switch
    {
        "\\n" => "\n",
        "\\\\" => "\\",
        "\\\"" => "\"",
        _ => throw new FormatException($"unknown escape {match.Value}"),
    });

    private void Family(List<string> lines, ref int at)
    {
        var help = HelpLine().Match(lines[at]);
        Assert.True(help.Success, $"HELP expected: {lines[at]}");
        var name = help.Groups["name"].Value;
        Assert.True(++at < lines.Count, $"TYPE of {name} is missing");
        var type = TypeLine().Match(lines[at]);
        Assert.True(type.Success && type.Groups["name"].Value == name, $"TYPE of {name} expected: {lines[at]}");
        at++;
        var kind = type.Groups["type"].Value;
        Assert.DoesNotContain(Families, family => family.Name == name);
        Assert.Equal(kind == "counter" && !_open, name.EndsWith("_total", StringComparison.Ordinal));
        Families.Add((name, kind, Unescape(help.Groups["help"].Value)));
        if (_open && at < lines.Count && UnitLine().Match(lines[at]) is { Success: true } unit)
        {
            Assert.Equal(name, unit.Groups["name"].Value);
            Assert.EndsWith("_" + unit.Groups["unit"].Value, name, StringComparison.Ordinal);
            at++;
        }

        var buckets = new Dictionary<string, List<(double Bound, double Count)>>(StringComparer.Ordinal);
        for (; at < lines.Count && !lines[at].StartsWith('#'); at++)
        {
            Sample(lines[at], name, kind, buckets);
        }

        foreach (var (labels, list) in buckets)
        {
            Assert.Equal(list.Select(bucket => bucket.Bound).Order(), list.Select(bucket => bucket.Bound));
            Assert.Equal(list.Select(bucket => bucket.Count).Order(), list.Select(bucket => bucket.Count));
            Assert.Equal(double.PositiveInfinity, list[^1].Bound);
            Assert.Equal(this[$"{name}_count{labels}"], list[^1].Count);
            Assert.Contains($"{name}_sum{labels}", _samples.Keys);
        }
    }

    private void Sample(string line, string family, string kind, Dictionary<string, List<(double Bound, double Count)>> buckets)
    {
        var sample = SampleLine().Match(line);
        Assert.True(sample.Success, $"not a sample: {line}");
        var (name, series) = (sample.Groups["name"].Value, sample.Groups["series"].Value);
        var value = Number(sample.Groups["value"].Value);
        var labels = Labels(series);
        if (kind == "histogram" && name == family + "_bucket")
        {
            var bound = labels["le"];
            Assert.True(bound == "+Inf" || bound.Contains('.', StringComparison.Ordinal), $"le={bound}");
            var rest = "{" + string.Join(',', labels.Where(label => label.Key != "le").Select(label => $"{label.Key}=\"{label.Value}\"")) + "}";
            (buckets.TryGetValue(rest, out var list) ? list : buckets[rest] = []).Add((Number(bound), value));
            return;
        }

        Assert.Contains(name, kind switch
        {
            "histogram" => [family + "_sum", family + "_count"],
            "counter" when _open => [family + "_total"],
            _ => new[] { family },
        });
        Assert.True(_samples.TryAdd(series, value), $"twice: {series}");
        Assert.True(kind == "gauge" || value >= 0, line);
    }

    private static double Number(string text) => text switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        _ => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
    };

    [GeneratedRegex(@"^# HELP (?<name>[a-zA-Z_:][a-zA-Z0-9_:]*) (?<help>(?:[^\\]|\\\\|\\n|\\"")*)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex HelpLine();

    [GeneratedRegex("^# TYPE (?<name>[a-zA-Z_:][a-zA-Z0-9_:]*) (?<type>counter|gauge|histogram)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TypeLine();

    [GeneratedRegex("^# UNIT (?<name>[a-zA-Z_:][a-zA-Z0-9_:]*) (?<unit>[a-z]+)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex UnitLine();

    [GeneratedRegex(@"^(?<series>(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{.+\})?) (?<value>[-+]?[0-9][0-9.eE+-]*|[-+]Inf|NaN)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SampleLine();

    [GeneratedRegex("""(?<name>[a-zA-Z_][a-zA-Z0-9_]*)="(?<value>([^\\"\n]|\\.)*)"|$""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Label();

    [GeneratedRegex(@"\\.", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Escape();
}
