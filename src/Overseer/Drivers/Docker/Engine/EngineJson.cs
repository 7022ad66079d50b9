using System.Text.Json.Serialization;

namespace Overseer.Drivers.Docker.Engine;

/// <summary>What is said to an engine and by it, as JSON. Names are those of the Docker Engine API.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ContainerSpec))]
[JsonSerializable(typeof(ContainerCreated))]
[JsonSerializable(typeof(ContainerDetails))]
[JsonSerializable(typeof(IReadOnlyList<ContainerSummary>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, IReadOnlyList<string>>))]
[JsonSerializable(typeof(ContainerWaited))]
[JsonSerializable(typeof(ImageDetails))]
[JsonSerializable(typeof(EngineVersion))]
[JsonSerializable(typeof(EngineProblem))]
[JsonSerializable(typeof(PullStep))]
[JsonSerializable(typeof(EngineEvent))]
internal sealed partial class EngineJson : JsonSerializerContext;
