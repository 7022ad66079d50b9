namespace Overseer.Drivers.Docker.Engine;

/// <summary>What the machine gives a container that is there.</summary>
/// <param name="Memory">Bytes of memory; 0 for no limit.</param>
internal sealed record ContainerHostState(long Memory);
