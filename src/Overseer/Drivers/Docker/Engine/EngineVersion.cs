namespace Overseer.Drivers.Docker.Engine;

/// <summary>What an engine is.</summary>
/// <param name="Version">Its version.</param>
/// <param name="ApiVersion">The newest version of the API that it speaks.</param>
internal sealed record EngineVersion(string? Version, string? ApiVersion);
