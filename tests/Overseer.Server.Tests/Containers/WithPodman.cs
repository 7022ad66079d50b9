namespace Overseer.Server.Tests.Containers;

/// <summary>Tests that share one container engine.</summary>
[CollectionDefinition(nameof(WithPodman))]
public sealed class WithPodman : ICollectionFixture<Podman>;
