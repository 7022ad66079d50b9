namespace Overseer.Core.Registry;

/// <summary>
/// Which tasks with a process are meant: one match within a filter is enough, every filter that is set must match (PROTOCOLS.md, "goproc"). An empty filter is not set. Names, tags and groups are exact.
/// </summary>
internal sealed record RegistryFilter
{
    /// <summary>Every task that has, or had, a process.</summary>
    public static RegistryFilter All { get; } = new();

    /// <summary>These numbers.</summary>
    public IReadOnlyList<long> Numbers { get; init; } = [];

    /// <summary>These processes.</summary>
    public IReadOnlyList<int> Pids { get; init; } = [];

    /// <summary>These names.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Any of these tags.</summary>
    public IReadOnlyList<string> TagsAny { get; init; } = [];

    /// <summary>All of these tags.</summary>
    public IReadOnlyList<string> TagsAll { get; init; } = [];

    /// <summary>Any of these groups.</summary>
    public IReadOnlyList<string> GroupsAny { get; init; } = [];

    /// <summary>All of these groups.</summary>
    public IReadOnlyList<string> GroupsAll { get; init; } = [];

    /// <summary>Only those whose process lives.</summary>
    public bool AliveOnly { get; init; }

    /// <summary>Part of the command line; spaces around it do not count, and nothing is left of it when it is blank.</summary>
    public string? Text { get; init; }
}
