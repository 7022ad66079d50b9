namespace Overseer.Core.Pools;

/// <summary>Whether a full queue lets its oldest unforced task go for a new one.</summary>
public enum DisplacePolicy
{
    /// <summary>For a forced start only.</summary>
    OnlyForced,

    /// <summary>For every start.</summary>
    Allowed,

    /// <summary>Never.</summary>
    Prohibited,
}
