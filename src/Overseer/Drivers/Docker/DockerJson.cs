using System.Text.Json.Serialization;

namespace Overseer.Drivers.Docker;

/// <summary>What the driver stores.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(DockerReference))]
internal sealed partial class DockerJson : JsonSerializerContext;
