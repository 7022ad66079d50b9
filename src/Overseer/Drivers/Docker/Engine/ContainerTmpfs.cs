namespace Overseer.Drivers.Docker.Engine;

/// <summary>A file system in memory.</summary>
/// <param name="SizeBytes">How large it may become.</param>
internal sealed record ContainerTmpfs(long? SizeBytes);
