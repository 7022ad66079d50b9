using Microsoft.Extensions.Logging;

namespace Overseer.Metrics;

/// <summary>Events 2600 to 2699.</summary>
internal static partial class MetricsLog
{
    [LoggerMessage(2600, LogLevel.Information, "Exporting metrics by OTLP to {Endpoint}")]
    public static partial void Exporting(ILogger log, string endpoint);

    [LoggerMessage(2601, LogLevel.Warning, "Metrics are not exported: {Reason}")]
    public static partial void NotExported(ILogger log, string reason);

    [LoggerMessage(2602, LogLevel.Warning, "OpenTelemetry says: {Text}")]
    public static partial void ExportFails(ILogger log, string text);
}
