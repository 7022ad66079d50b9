namespace Overseer.Cli.Completion;

/// <summary>A word that could stand where the cursor is.</summary>
/// <param name="Value">The whole word.</param>
/// <param name="Description">What it means, where the shell shows that.</param>
internal readonly record struct Candidate(string Value, string? Description = null);
