using System.Text.Json;

namespace Overseer.Server;

/// <summary>What <c>GET /healthz</c> says.</summary>
/// <param name="Healthy">Whether tasks can be started and recorded.</param>
/// <param name="Problem">What is wrong, or null.</param>
/// <param name="Tasks">Tasks that are known.</param>
/// <param name="Connections">Connections that are open.</param>
internal sealed record HealthReport(bool Healthy, string? Problem, int Tasks, int Connections)
{
    /// <summary>Why the event log cannot be written now, or null; tasks do not depend on it.</summary>
    public string? EventLogProblem { get; init; }

    /// <summary>The answer's body for those who may not know more.</summary>
    public string ToShortJson() => Healthy ? "{\"status\":\"ok\"}" : "{\"status\":\"failing\"}";

    /// <summary>The answer's body.</summary>
    public string ToJson()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("status", Healthy ? "ok" : "failing");
            if (Problem is not null)
            {
                json.WriteString("problem", Problem);
            }

            if (EventLogProblem is not null)
            {
                json.WriteString("event_log", EventLogProblem);
            }

            json.WriteNumber("tasks", Tasks);
            json.WriteNumber("connections", Connections);
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }
}
