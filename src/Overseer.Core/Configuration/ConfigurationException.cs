namespace Overseer.Core.Configuration;

/// <summary>
/// A configuration that cannot be used. Nothing was started or changed. <see cref="Exception.Message"/> is
/// <c>FILE:LINE: key: what is wrong, what is allowed</c>, one line for each of <see cref="Errors"/>.
/// </summary>
public sealed class ConfigurationException : Exception
{
    /// <summary>Makes an exception with one error.</summary>
    /// <param name="node">The value that is wrong, or null when the fault has no place.</param>
    /// <param name="message">What is wrong and what is allowed.</param>
    public ConfigurationException(ConfigNode? node, string message) : this([ConfigurationError.At(node, message)]) { }

    /// <summary>Makes an exception with several errors.</summary>
    /// <param name="errors">All that is wrong, in the order it was found; at least one.</param>
    public ConfigurationException(IReadOnlyList<ConfigurationError> errors) : base(string.Join('\n', errors)) => Errors = errors;

    /// <summary>All that is wrong, at least one.</summary>
    public IReadOnlyList<ConfigurationError> Errors { get; }
}
