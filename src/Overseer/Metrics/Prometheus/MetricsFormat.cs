using Microsoft.Net.Http.Headers;

namespace Overseer.Metrics.Prometheus;

/// <summary>The two ways of writing the page.</summary>
/// <param name="ContentType">What it is called.</param>
/// <param name="IsOpenMetrics">Whether it is OpenMetrics 1.0.0; else Prometheus' text format 0.0.4.</param>
internal sealed record MetricsFormat(string ContentType, bool IsOpenMetrics)
{
    private const string OpenMetricsType = "application/openmetrics-text";

    /// <summary>Prometheus' text format.</summary>
    public static MetricsFormat Text { get; } = new("text/plain; version=0.0.4; charset=utf-8", IsOpenMetrics: false);

    /// <summary>OpenMetrics.</summary>
    public static MetricsFormat OpenMetrics { get; } = new(OpenMetricsType + "; version=1.0.0; charset=utf-8", IsOpenMetrics: true);

    /// <summary>What a client would rather have; the text format unless it names OpenMetrics, at least as dear to it.</summary>
    public static MetricsFormat For(IEnumerable<string?> accept)
    {
        if (!MediaTypeHeaderValue.TryParseList([.. accept.OfType<string>()], out var types))
        {
            return Text;
        }

        double open = 0;
        double text = 0;
        foreach (var type in types)
        {
            var quality = type.Quality ?? 1;
            if (type.MediaType.Equals(OpenMetricsType, StringComparison.OrdinalIgnoreCase))
            {
                open = Math.Max(open, quality);
            }
            else if (type.MediaType.Equals("text/plain", StringComparison.OrdinalIgnoreCase))
            {
                text = Math.Max(text, quality);
            }
        }

        return open > 0 && open >= text ? OpenMetrics : Text;
    }
}
