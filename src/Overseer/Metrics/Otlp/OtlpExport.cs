using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Overseer.Metrics.Otlp;

/// <summary>
/// Exports the meter by OTLP. Only when the environment says where to: nothing of OpenTelemetry is loaded otherwise, so no other class may mention it.
/// </summary>
internal sealed class OtlpExport : IDisposable
{
    private const int LastExportMilliseconds = 2000;
    private readonly MeterProvider _provider;
    private readonly OtlpComplaints _complaints;
    private bool _disposed;

    private OtlpExport(Func<string, string?> variable, ILogger log)
    {
        _complaints = new OtlpComplaints(log);

        // The environment comes last: what it says of the service's name and attributes wins.
        var resource = ResourceBuilder.CreateEmpty()
            .AddService("overseer", serviceVersion: OverseerMetrics.Version)
            .AddTelemetrySdk()
            .AddEnvironmentVariableDetector();
        _provider = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter(OverseerMetrics.MeterName, "System.Runtime")
            .AddOtlpExporter(options => Specialize(options, variable))
            .Build();
    }

    /// <summary>Begins to export, if the environment wants it.</summary>
    /// <returns>What ends it; null when nothing is exported.</returns>
    public static IDisposable? Start(Func<string, string?> variable, ILogger log)
    {
        var endpoint = OtlpSettings.Endpoint(variable, out var problem);
        if (problem is not null)
        {
            MetricsLog.NotExported(log, problem);
        }

        return endpoint is null ? null : Begin(endpoint, variable, log);
    }

    /// <summary>Exports once more, and ends. Bounded in time.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _provider.Shutdown(LastExportMilliseconds);
        _provider.Dispose();
        _complaints.Dispose();
    }

    // The variables that are for metrics alone; the library reads only those that are for everything.
    private static void Specialize(OtlpExporterOptions options, Func<string, string?> variable)
    {
        const string Prefix = "OTEL_EXPORTER_OTLP_METRICS_";
        if (variable(Prefix + "PROTOCOL")?.Trim() is { Length: > 0 } protocol)
        {
            options.Protocol = protocol switch
            {
                "grpc" => OtlpExportProtocol.Grpc,
                "http/protobuf" => OtlpExportProtocol.HttpProtobuf,
                _ => throw new FormatException($"{Prefix}PROTOCOL is \"{protocol}\"; grpc and http/protobuf are known"),
            };
        }

        if (variable(Prefix + "ENDPOINT")?.Trim() is { Length: > 0 } endpoint)
        {
            options.Endpoint = new Uri(endpoint);
        }

        if (variable(Prefix + "HEADERS") is { Length: > 0 } headers)
        {
            options.Headers = headers;
        }

        if (int.TryParse(variable(Prefix + "TIMEOUT"), CultureInfo.InvariantCulture, out var timeout))
        {
            options.TimeoutMilliseconds = timeout;
        }
    }

    // A method of its own: the library is loaded when it is compiled, not before.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static OtlpExport? Begin(string endpoint, Func<string, string?> variable, ILogger log)
    {
        try
        {
            var export = new OtlpExport(variable, log);
            MetricsLog.Exporting(log, endpoint);
            return export;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or NotSupportedException or FormatException)
        {
            MetricsLog.NotExported(log, e.Message);
            return null;
        }
    }
}
