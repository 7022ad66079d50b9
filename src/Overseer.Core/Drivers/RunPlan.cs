using Overseer.Core.Tasks;

namespace Overseer.Core.Drivers;

/// <summary>What one run executes. Plans may hold secrets in clear: they are never logged or shown.</summary>
public abstract record RunPlan
{
    /// <summary>How the run is stopped.</summary>
    public StopPolicy Stop { get; init; } = StopPolicy.Default;

    /// <summary>The kind of plan, and nothing of what is in it.</summary>
    public sealed override string ToString() => GetType().Name;
}
