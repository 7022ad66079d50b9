namespace Overseer.Bench;

/// <summary>One kind of load. Starts its own server, so that none inherits another's memory or journals.</summary>
internal interface IScenario
{
    string Name { get; }

    string Purpose { get; }

    IEnumerable<Figure> Run(BenchContext context);
}
