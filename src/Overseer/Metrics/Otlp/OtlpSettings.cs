namespace Overseer.Metrics.Otlp;

/// <summary>Whether metrics are exported by OTLP. Everything else that the OTEL_ variables say is left to OpenTelemetry's own reading.</summary>
internal static class OtlpSettings
{
    /// <summary>Where they are exported to; null when nobody wants that.</summary>
    /// <param name="variable">Gives a variable's value.</param>
    /// <param name="problem">Why they are not exported although somebody wants it.</param>
    public static string? Endpoint(Func<string, string?> variable, out string? problem)
    {
        problem = null;
        var name = Value("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT") is not null ? "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT" : "OTEL_EXPORTER_OTLP_ENDPOINT";
        if (Value(name) is not { } endpoint
            || string.Equals(Value("OTEL_SDK_DISABLED"), "true", StringComparison.OrdinalIgnoreCase)
            || string.Equals(Value("OTEL_METRICS_EXPORTER"), "none", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        if (Uri.TryCreate(endpoint, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
        {
            return endpoint;
        }

        problem = $"{name} is \"{endpoint}\"; an address such as http://127.0.0.1:4318 is wanted";
        return null;

        string? Value(string key) => variable(key) is { Length: > 0 } value ? value.Trim() : null;
    }
}
