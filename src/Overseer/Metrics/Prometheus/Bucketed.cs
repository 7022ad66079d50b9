namespace Overseer.Metrics.Prometheus;

/// <summary>The values of one histogram with one set of labels. From any thread.</summary>
/// <param name="labels">The labels, as they are written.</param>
/// <param name="bounds">The upper bounds, each of its bucket; beyond the last lies one more.</param>
internal sealed class Bucketed(string labels, IReadOnlyList<double> bounds)
{
    private readonly Lock _gate = new();
    private readonly long[] _counts = new long[bounds.Count + 1];
    private double _sum;

    /// <summary>The labels, as they are written.</summary>
    public string Labels => labels;

    /// <summary>The upper bounds.</summary>
    public IReadOnlyList<double> Bounds => bounds;

    /// <summary>Adds a value.</summary>
    public void Add(double value)
    {
        var bucket = 0;
        while (bucket < bounds.Count && value > bounds[bucket])
        {
            bucket++;
        }

        lock (_gate)
        {
            _counts[bucket]++;
            _sum += value;
        }
    }

    /// <summary>How many values lie at or below each bound, the last number being that of all, and their sum.</summary>
    public (long[] Cumulative, double Sum) Read()
    {
        lock (_gate)
        {
            var cumulative = new long[_counts.Length];
            var total = 0L;
            for (var i = 0; i < cumulative.Length; i++)
            {
                total += _counts[i];
                cumulative[i] = total;
            }

            return (cumulative, _sum);
        }
    }
}
