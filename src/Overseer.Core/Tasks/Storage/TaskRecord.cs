namespace Overseer.Core.Tasks.Storage;

/// <summary>
/// What is kept of a task beside its runs: with them, everything that is needed to know it again. Written when the task is started, named anew, queued,
/// given up or started again; a run's own changes are in its <see cref="RunRecord"/>.
/// </summary>
internal sealed record TaskRecord
{
    /// <summary>The registry number: the key.</summary>
    public required long Number { get; init; }

    /// <summary>The task's id; unique.</summary>
    public required string TaskId { get; init; }

    /// <summary>Its journal.</summary>
    public required Guid JournalId { get; init; }

    /// <summary>The action it was last started from.</summary>
    public required string Action { get; init; }

    /// <summary>The parameters as they were sent, secrets in clear: a restart needs them.</summary>
    public IReadOnlyDictionary<string, string>? Params { get; init; }

    /// <summary>What the request said about retries; unset fields are the action's.</summary>
    public RetryPolicy? Retry { get; init; }

    /// <summary>The unique name.</summary>
    public string? Name { get; init; }

    /// <summary>The requests' tags; unset when none said any. The action's are not among them.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>The requests' groups; unset when none said any.</summary>
    public IReadOnlyList<string>? Groups { get; init; }

    /// <summary>The program of the latest run, secrets masked; unset when it is no process.</summary>
    public string? Command { get; init; }

    /// <summary>Its arguments, secrets masked.</summary>
    public IReadOnlyList<string>? Args { get; init; }

    /// <summary>When the task was first accepted.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Where it stands between its runs.</summary>
    public required TaskStanding Standing { get; init; }
}
