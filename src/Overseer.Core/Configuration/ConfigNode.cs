namespace Overseer.Core.Configuration;

/// <summary>
/// One value of a configuration file together with the place it came from, so that whoever reads it can say
/// <c>FILE:LINE: key: what is wrong</c>. Immutable; independent of the syntax the file was written in.
/// </summary>
public abstract class ConfigNode
{
    private protected ConfigNode(string file, int line, int column, string path)
    {
        File = file;
        Line = line;
        Column = column;
        Path = path;
    }

    /// <summary>The file as the user named it, or the name of the environment variable or flag that gave the value.</summary>
    public string File { get; }

    /// <summary>Line of the value's key, or of the value itself in a list; 1-based, 0 when the value does not come from a file.</summary>
    public int Line { get; }

    /// <summary>Column of the value's key, or of the value itself in a list; 1-based, 0 when unknown.</summary>
    public int Column { get; }

    /// <summary>The keys that lead here, e.g. <c>actions.echo.config.command[0]</c>; empty for the whole document.</summary>
    public string Path { get; }

    /// <summary>Whether two values are the same, wherever they were written; the order of keys does not matter.</summary>
    public static bool AreEqual(ConfigNode? one, ConfigNode? other) => (one, other) switch
    {
        (null, null) => true,
        (ConfigScalar a, ConfigScalar b) => a.Value == b.Value && a.Quoted == b.Quoted,
        (ConfigSequence a, ConfigSequence b) => a.Items.Count == b.Items.Count && a.Items.Zip(b.Items, AreEqual).All(equal => equal),
        (ConfigMapping a, ConfigMapping b) => a.Entries.Count == b.Entries.Count && a.Entries.All(entry => b.TryGet(entry.Key) is { } value && AreEqual(entry.Value, value)),
        _ => false,
    };

    /// <summary>What the value is, in a user's words: <c>text</c>, <c>a list</c>, <c>a mapping</c>.</summary>
    public abstract string Kind { get; }
}
