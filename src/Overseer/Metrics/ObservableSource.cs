using System.Diagnostics.Metrics;

namespace Overseer.Metrics;

/// <summary>The ways in which the instruments show what is counted elsewhere.</summary>
internal static class ObservableSource
{
    /// <summary>One value for each action.</summary>
    public static Func<IEnumerable<Measurement<long>>> PerAction(CountsByAction counts, Func<ActionCounts, long> value) =>
        () => [.. counts.All.Select(action => new Measurement<long>(value(action), action.Label))];

    /// <summary>One value for each value of a label.</summary>
    public static IEnumerable<Measurement<long>> PerLabel(string label, IEnumerable<KeyValuePair<string, long>> values) =>
        [.. values.Select(pair => new Measurement<long>(pair.Value, new KeyValuePair<string, object?>(label, pair.Key)))];

    /// <summary>One value, or none while it is not known.</summary>
    public static IEnumerable<Measurement<T>> Known<T>(T? value)
        where T : struct => value is { } known ? [new Measurement<T>(known)] : [];
}
