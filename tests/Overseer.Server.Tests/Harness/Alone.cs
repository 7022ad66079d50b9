namespace Overseer.Server.Tests.Harness;

/// <summary>Tests that measure this process: nothing else runs beside them.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
