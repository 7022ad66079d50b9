namespace Overseer.Core.Configuration;

/// <summary>Something that is wrong with a configuration, and where.</summary>
/// <param name="File">The file, environment variable or flag; empty when none is to blame.</param>
/// <param name="Line">1-based line, 0 when there is none.</param>
/// <param name="Path">The key, e.g. <c>actions.echo.type</c>; empty for the whole document.</param>
/// <param name="Message">What is wrong and what is allowed.</param>
public sealed record ConfigurationError(string File, int Line, string Path, string Message)
{
    /// <summary>Makes an error about <paramref name="node"/>.</summary>
    public static ConfigurationError At(ConfigNode? node, string message) =>
        node is null ? new("", 0, "", message) : new(node.File, node.Line, node.Path, message);

    /// <summary><c>FILE:LINE: key: message</c>, each part only where it is known.</summary>
    public override string ToString()
    {
        var place = Line > 0 ? $"{File}:{Line}" : File;
        return (place.Length, Path.Length) switch
        {
            (0, 0) => Message,
            (0, _) => $"{Path}: {Message}",
            (_, 0) => $"{place}: {Message}",
            _ => $"{place}: {Path}: {Message}",
        };
    }
}
