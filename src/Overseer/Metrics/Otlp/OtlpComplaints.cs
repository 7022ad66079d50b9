using System.Diagnostics.Tracing;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Overseer.Metrics.Otlp;

/// <summary>Writes to our log what OpenTelemetry would keep to itself: that an export failed. Each text once, not each time.</summary>
internal sealed class OtlpComplaints(ILogger log) : EventListener
{
    private const int MaxTexts = 32;
    private readonly HashSet<string> _said = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name.StartsWith("OpenTelemetry-", StringComparison.Ordinal))
        {
            EnableEvents(eventSource, EventLevel.Warning);
        }
    }

    /// <inheritdoc/>
    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        // The base class calls this, and the one above, before its constructor is done.
        if (_said is null)
        {
            return;
        }

        var text = eventData.Message is { } message
            ? string.Format(CultureInfo.InvariantCulture, message, [.. eventData.Payload ?? (IReadOnlyList<object?>)[]])
            : eventData.EventName ?? "";
        var line = text.AsSpan(0, text.AsSpan().IndexOf('\n') is >= 0 and var end ? end : text.Length).TrimEnd().ToString();
        lock (_said)
        {
            if (_said.Count >= MaxTexts || !_said.Add(line))
            {
                return;
            }
        }

        MetricsLog.ExportFails(log, line);
    }
}
