namespace Overseer.Bench;

/// <summary>
/// One figure of a case: Overseer's value, the prototype's for the same work in the same run, and what is aimed at. Values
/// are in <see cref="Unit"/>; null when there is none.
/// </summary>
internal sealed record Figure(string Scenario, string Case, string Name, string Unit, Better Better, double? Value, double? Limit, double? Target)
{
    /// <summary>Overseer's value as a multiple of the prototype's.</summary>
    internal double? Ratio => Value / Limit is { } ratio && double.IsFinite(ratio) ? ratio : null;

    /// <summary>Whether the target is reached; null when there is no value or no target.</summary>
    internal bool? Reached => (Value, Target) is ({ } value, { } target) ? Better == Better.Higher ? value >= target : value <= target : null;
}
