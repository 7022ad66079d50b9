namespace Overseer.Core.Registry;

/// <summary>The wish to make a process a task that somebody else started. The caller has seen that it lives.</summary>
internal sealed record AdoptRequest
{
    /// <summary>Longest command line that is kept, in UTF-16 units.</summary>
    public const int MaxCommandLine = 4096;

    /// <summary>The process.</summary>
    public required AdoptedProcess Process { get; init; }

    /// <summary>Its arguments joined by spaces.</summary>
    public required string CommandLine { get; init; }

    /// <summary>When it was started; unset when that is not known.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>The unique name; unset for none.</summary>
    public string? Name { get; init; }

    /// <summary>Its tags.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Its groups.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>When it was adopted.</summary>
    public required DateTimeOffset AddedAt { get; init; }
}
