using Overseer.Core.Configuration;

namespace Overseer.Configuration;

/// <summary>Turns what the YAML parser says into what a person can act upon.</summary>
internal static class YamlSyntaxError
{
    public static ConfigurationError Describe(string file, string text, int line, string? message)
    {
        var lines = text.Split('\n');
        if (TabNear(lines, line) is { } tabbed)
            return new(file, tabbed, "", "a tab is used for indentation; YAML allows only spaces there");
        return new(file, line, "", message is null ? "is not YAML; is a bracket or quote left open?" : Explain(message.TrimEnd('.'), lines, line));
    }

    /// <summary>The parser notices a tab where it stands, or blames what stands before or after it.</summary>
    private static int? TabNear(string[] lines, int line)
    {
        for (var number = Math.Max(1, line - 1); number <= line + 1; number++)
        {
            if (number > lines.Length) continue;
            var content = lines[number - 1].AsSpan();
            var indentation = content[..^content.TrimStart(" \t").Length];
            if (indentation.Contains('\t') && !content.IsWhiteSpace()) return number;
        }

        return null;
    }

    private static string Explain(string message, string[] lines, int line)
    {
        if (message.Contains("did not find expected key", StringComparison.Ordinal)
            || message.Contains("invalid mapping", StringComparison.Ordinal)
            || message.Contains("mapping values are not allowed", StringComparison.OrdinalIgnoreCase)
            || message.Contains("did not find expected <document start>", StringComparison.Ordinal)
            || message.Contains("did not find expected '-'", StringComparison.Ordinal))
        {
            return $"bad indentation, or a \":\" missing or too many ({message})";
        }

        if (message.Contains("simple key", StringComparison.Ordinal) || message.Contains("expected ':'", StringComparison.Ordinal))
            return $"a key needs a \":\" and a blank after it ({message})";
        if (message.Contains("cannot start any token", StringComparison.Ordinal) && line <= lines.Length)
            return $"a value cannot begin like this; quote it ({message})";
        return $"is not YAML: {message}";
    }
}
