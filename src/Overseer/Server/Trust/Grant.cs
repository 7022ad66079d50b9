namespace Overseer.Server.Trust;

/// <summary>What somebody may do, and with which tasks. Immutable.</summary>
internal sealed record Grant
{
    /// <summary>All there is.</summary>
    public static Grant Everything { get; } = new() { Scope = Scope.Admin };

    /// <summary>Nothing.</summary>
    public static Grant Nothing { get; } = new() { Scope = Scope.None };

    /// <summary>How much.</summary>
    public required Scope Scope { get; init; }

    /// <summary>The actions it is limited to; null for all, unless <see cref="Tags"/> limit it.</summary>
    public IReadOnlySet<string>? Actions { get; init; }

    /// <summary>The tags it is limited to; null for all, unless <see cref="Actions"/> limit it.</summary>
    public IReadOnlySet<string>? Tags { get; init; }

    /// <summary>Whether it holds for some actions or tags only.</summary>
    public bool IsLimited => Actions is not null || Tags is not null;
}
