namespace Overseer.Diagnosis;

/// <summary>What was found of one thing.</summary>
/// <param name="Name">What was looked at.</param>
/// <param name="State">How it stands.</param>
/// <param name="Found">What was found.</param>
/// <param name="Advice">What to do about it; null when nothing is to be done.</param>
public sealed record Finding(string Name, FindingState State, string Found, string? Advice = null)
{
    internal static Finding Ok(string name, string found) => new(name, FindingState.Ok, found);

    internal static Finding Warning(string name, string found, string advice) => new(name, FindingState.Warning, found, advice);

    internal static Finding Failed(string name, string found, string advice) => new(name, FindingState.Failed, found, advice);
}
