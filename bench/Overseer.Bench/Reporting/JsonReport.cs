using System.Runtime.InteropServices;
using System.Text.Json;

namespace Overseer.Bench;

/// <summary>The figures as one JSON document, with the machine that gave them.</summary>
internal static class JsonReport
{
    internal static void Write(Stream output, IReadOnlyList<Figure> figures, BenchContext context, bool smoke)
    {
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("at", DateTimeOffset.UtcNow);
        json.WriteString("os", RuntimeInformation.OSDescription);
        json.WriteString("architecture", RuntimeInformation.OSArchitecture.ToString());
        json.WriteNumber("processors", Environment.ProcessorCount);
        json.WriteString("runtime", RuntimeInformation.FrameworkDescription);
        json.WriteBoolean("smoke", smoke);
        json.WriteNumber("repeat", context.Repeat);
        json.WriteStartArray("faults");
        foreach (var fault in context.Faults)
            json.WriteStringValue(fault);
        json.WriteEndArray();
        json.WriteStartArray("figures");
        foreach (var figure in figures)
        {
            json.WriteStartObject();
            json.WriteString("scenario", figure.Scenario);
            json.WriteString("case", figure.Case);
            json.WriteString("figure", figure.Name);
            json.WriteString("unit", figure.Unit);
            json.WriteString("better", figure.Better == Better.Higher ? "higher" : "lower");
            Number(json, "value", figure.Value);
            Number(json, "limit", figure.Limit);
            Number(json, "ratio", figure.Ratio);
            Number(json, "target", figure.Target);
            if (figure.Reached is { } reached)
                json.WriteBoolean("reached", reached);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        output.WriteByte((byte)'\n');
    }

    private static void Number(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number && double.IsFinite(number))
            json.WriteNumber(name, number);
    }
}
