namespace Overseer.Drivers.Docker.Engine;

/// <summary>Why a wait has no exit code.</summary>
/// <param name="Message">In the engine's words.</param>
internal sealed record ContainerWaitProblem(string? Message);
