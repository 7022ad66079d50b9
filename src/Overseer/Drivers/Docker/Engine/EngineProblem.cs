using System.Text.Json.Serialization;

namespace Overseer.Drivers.Docker.Engine;

/// <summary>The body of an answer that is an error.</summary>
/// <param name="Message">Why.</param>
internal sealed record EngineProblem([property: JsonPropertyName("message")] string? Message);
