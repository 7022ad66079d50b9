using System.Text.Json;

namespace Overseer.Server.Tests.Harness;

/// <summary>One message of the server, as it came.</summary>
internal readonly record struct WireMessage(JsonElement Json)
{
    public string Type => Text("type") ?? "";

    public string? Id => Text("id");

    public string? TaskId => Text("task_id");

    public string? Stream => Text("stream");

    public string? Data => Text("data");

    public string? Message => Text("message");

    public string? Signal => Text("signal");

    public long Seq => Number("seq") ?? 0;

    public int Pid => (int)(Number("pid") ?? 0);

    public int? ExitCode => (int?)Number("exit_code");

    public bool Partial => Flag("partial");

    public bool Intentional => Flag("intentional");

    /// <summary>An error of a request.</summary>
    public bool IsErrorOf(string id) => Type == "error" && Id == id;

    /// <summary>An event or answer of this type about this task.</summary>
    public bool Is(string type, string taskId) => Type == type && TaskId == taskId;

    public string? Text(string field) => Json.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public long? Number(string field) => Json.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt64() : null;

    public override string ToString() => Json.GetRawText() is { Length: > 300 } text ? text[..300] + "…" : Json.GetRawText();

    private bool Flag(string field) => Json.TryGetProperty(field, out var value) && value.GetBoolean();
}
