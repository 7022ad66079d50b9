namespace Overseer.Protocols.V2;

/// <summary>Whether a full queue lets its oldest task go for a new one.</summary>
public enum DisplacePolicy
{
    /// <summary>Only for a forced start. The default.</summary>
    OnlyForced,

    /// <summary>For any start.</summary>
    Allowed,

    /// <summary>Never, forced or not.</summary>
    Prohibited,
}
