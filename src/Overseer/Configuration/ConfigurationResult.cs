namespace Overseer.Configuration;

/// <summary>What came of loading a configuration.</summary>
/// <param name="Configuration">The configuration; null when there are errors.</param>
/// <param name="Errors">All that is wrong, each one line <c>FILE:LINE: key: what is wrong, what is allowed</c>.</param>
/// <param name="Warnings">What the user should know, each one line of the same form.</param>
public sealed record ConfigurationResult(OverseerConfiguration? Configuration, IReadOnlyList<string> Errors, IReadOnlyList<string> Warnings);
