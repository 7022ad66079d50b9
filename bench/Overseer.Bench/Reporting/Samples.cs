namespace Overseer.Bench;

/// <summary>What the runs of one case gave, Overseer's and the prototype's, by the name of the figure.</summary>
internal sealed class Samples(string scenario, string caseName)
{
    private readonly Dictionary<string, List<double>> _ours = [], _limits = [];

    internal void Ours(string name, double value) => Add(_ours, name, value);

    internal void Limit(string name, double value) => Add(_limits, name, value);

    /// <summary>The medians.</summary>
    internal Figure Figure(string name, string unit, Better better, double? target = null) => Figure(name, name, 0.5, unit, better, target);

    /// <summary>A quantile of the samples called <paramref name="samples"/>.</summary>
    internal Figure Figure(string samples, string name, double quantile, string unit, Better better, double? target = null) =>
        new(scenario, caseName, name, unit, better, Quantile(_ours, samples, quantile), Quantile(_limits, samples, quantile), target);

    private static void Add(Dictionary<string, List<double>> samples, string name, double value)
    {
        if (!samples.TryGetValue(name, out var values))
            samples.Add(name, values = []);
        values.Add(value);
    }

    private static double? Quantile(Dictionary<string, List<double>> samples, string name, double quantile)
    {
        if (!samples.TryGetValue(name, out var values) || values.Count == 0)
            return null;
        values.Sort();
        return values[Math.Min(values.Count - 1, (int)(quantile * values.Count))];
    }
}
