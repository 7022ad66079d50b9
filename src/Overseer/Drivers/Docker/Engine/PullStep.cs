using System.Text.Json.Serialization;

namespace Overseer.Drivers.Docker.Engine;

/// <summary>One line of what an engine says while it fetches an image.</summary>
/// <param name="Status">What it does.</param>
/// <param name="Error">Why it failed; then it is the last.</param>
internal sealed record PullStep([property: JsonPropertyName("status")] string? Status, [property: JsonPropertyName("error")] string? Error);
