namespace Overseer.Drivers.Docker.Engine;

/// <summary>The end of a wait.</summary>
/// <param name="StatusCode">The exit code.</param>
/// <param name="Error">Why there is none.</param>
internal sealed record ContainerWaited(long StatusCode, ContainerWaitProblem? Error);
