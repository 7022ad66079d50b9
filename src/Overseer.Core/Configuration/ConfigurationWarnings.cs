namespace Overseer.Core.Configuration;

/// <summary>
/// What a user should know about a configuration that works: above all keys that are understood but have no effect
/// yet. Each text is kept once. Not thread-safe.
/// </summary>
public sealed class ConfigurationWarnings
{
    private readonly List<string> _messages = [];
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    /// <summary>The warnings, each <c>FILE:LINE: key: message</c>, in the order they were added.</summary>
    public IReadOnlyList<string> Messages => _messages;

    /// <summary>Adds a warning, unless it is there already.</summary>
    /// <param name="node">The value it is about, or null.</param>
    /// <param name="message">What the user should know.</param>
    public void Add(ConfigNode? node, string message)
    {
        var text = ConfigurationError.At(node, message).ToString();
        if (_seen.Add(text)) _messages.Add(text);
    }

    /// <summary>Warns that a key is understood but what it asks for is not built yet.</summary>
    /// <param name="node">The value of the key.</param>
    /// <param name="consequence">What happens instead, e.g. <c>tasks are not restarted</c>.</param>
    public void NotYet(ConfigNode? node, string consequence) => Add(node, $"known, but without effect in this version: {consequence}");
}
