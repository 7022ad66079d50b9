using Overseer.Drivers.Docker.Engine;

namespace Overseer.Drivers.Docker;

/// <summary>What a run of the driver is to become.</summary>
/// <param name="Spec">The container, without the label that says whose it is.</param>
/// <param name="Pull">When its image is fetched.</param>
internal sealed record DockerWork(ContainerSpec Spec, PullPolicy Pull);
