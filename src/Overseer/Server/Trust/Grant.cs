using Overseer.Core.Tasks;

namespace Overseer.Server.Trust;

/// <summary>What somebody may do, and with which tasks. Immutable.</summary>
internal sealed record Grant
{
    private static readonly HashSet<string> None = [];

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

    /// <summary>The tasks it holds for; null for all.</summary>
    public TaskReach? ToReach() => IsLimited ? new TaskReach(Actions ?? None, Tags ?? None) : null;

    /// <summary>Whether everything that another grant allows is allowed by this one.</summary>
    public bool Includes(Grant other)
    {
        if (other.Scope > Scope)
        {
            return false;
        }

        return !IsLimited || (other.IsLimited && (other.Actions ?? None).IsSubsetOf(Actions ?? None) && (other.Tags ?? None).IsSubsetOf(Tags ?? None));
    }

    /// <summary><c>operate on action deploy</c>: for messages.</summary>
    public override string ToString()
    {
        var limits = string.Join(" and ", Named("actions", Actions).Concat(Named("tags", Tags)));
        return limits.Length == 0 ? ScopeWord.Of(Scope) : $"{ScopeWord.Of(Scope)}, limited to {limits}";
    }

    private static IEnumerable<string> Named(string what, IReadOnlySet<string>? names) =>
        names is null ? [] : [$"{what} {string.Join(", ", names.Order(StringComparer.Ordinal))}"];
}
