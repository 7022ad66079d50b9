namespace Overseer.Server.Tests.Streaming;

/// <summary>Tests that measure this process (its memory, its descriptors): nothing else runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
