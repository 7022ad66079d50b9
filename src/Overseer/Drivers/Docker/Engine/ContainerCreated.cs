namespace Overseer.Drivers.Docker.Engine;

/// <summary>The answer to a creation.</summary>
/// <param name="Id">The container's id.</param>
internal sealed record ContainerCreated(string Id);
