namespace Overseer.Drivers.Docker.Engine;

/// <summary>When an engine starts a container again.</summary>
/// <param name="Name"><c>no</c> for never.</param>
internal sealed record ContainerRestart(string Name);
