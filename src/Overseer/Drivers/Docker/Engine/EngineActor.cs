namespace Overseer.Drivers.Docker.Engine;

/// <summary>To whom something happened.</summary>
/// <param name="Attributes">What else is told.</param>
internal sealed record EngineActor(IReadOnlyDictionary<string, string>? Attributes);
