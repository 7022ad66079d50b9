using System.Text;
using System.Text.Json;

namespace Overseer.Diagnosis;

/// <summary>Findings as JSON.</summary>
public static class DoctorReport
{
    /// <summary>An array of objects with <c>name</c>, <c>state</c> (<c>ok</c>, <c>warning</c>, <c>failed</c>), <c>found</c>, and <c>advice</c> where there is one.</summary>
    public static string ToJson(IReadOnlyList<Finding> findings)
    {
        ArgumentNullException.ThrowIfNull(findings);
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartArray();
            foreach (var finding in findings)
            {
                json.WriteStartObject();
                json.WriteString("name", finding.Name);
                json.WriteString("state", Word(finding.State));
                json.WriteString("found", finding.Found);
                if (finding.Advice is not null)
                {
                    json.WriteString("advice", finding.Advice);
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <summary>A state as a word.</summary>
    public static string Word(FindingState state) => state switch
    {
        FindingState.Ok => "ok",
        FindingState.Warning => "warning",
        _ => "failed",
    };
}
