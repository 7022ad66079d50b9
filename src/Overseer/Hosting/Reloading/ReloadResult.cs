namespace Overseer.Hosting.Reloading;

/// <summary>What came of reading the configuration again.</summary>
internal sealed record ReloadResult
{
    /// <summary>Whether it is in force.</summary>
    public bool Applied => Errors.Count == 0;

    /// <summary>What is otherwise than before.</summary>
    public IReadOnlyList<string> Changed { get; init; } = [];

    /// <summary>What takes effect only when a task, or the server, is started again.</summary>
    public IReadOnlyList<string> NeedsRestart { get; init; } = [];

    /// <summary>All that is wrong; nothing has changed then.</summary>
    public IReadOnlyList<string> Errors { get; init; } = [];

    /// <summary>What should be known besides.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
