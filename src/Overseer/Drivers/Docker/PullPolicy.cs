namespace Overseer.Drivers.Docker;

/// <summary>When an image is fetched.</summary>
internal enum PullPolicy
{
    /// <summary>When the engine does not have it.</summary>
    Missing,

    /// <summary>Before each start.</summary>
    Always,

    /// <summary>Never.</summary>
    Never,
}
