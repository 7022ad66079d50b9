namespace Overseer.Core.Configuration;

/// <summary>Keys and values, in the order they were written; each key once.</summary>
public sealed class ConfigMapping : ConfigNode
{
    private readonly Dictionary<string, ConfigNode> _byKey;

    /// <summary>Makes a mapping.</summary>
    /// <param name="entries">Keys and values, in order.</param>
    /// <param name="file">See <see cref="ConfigNode.File"/>.</param>
    /// <param name="line">See <see cref="ConfigNode.Line"/>.</param>
    /// <param name="column">See <see cref="ConfigNode.Column"/>.</param>
    /// <param name="path">See <see cref="ConfigNode.Path"/>.</param>
    /// <exception cref="ArgumentException">A key is there twice.</exception>
    public ConfigMapping(IReadOnlyList<KeyValuePair<string, ConfigNode>> entries, string file = "", int line = 0, int column = 0, string path = "")
        : base(file, line, column, path)
    {
        Entries = entries;
        _byKey = new Dictionary<string, ConfigNode>(entries.Count, StringComparer.Ordinal);
        foreach (var (key, value) in entries) _byKey.Add(key, value);
    }

    /// <summary>Keys and values, in the order they were written.</summary>
    public IReadOnlyList<KeyValuePair<string, ConfigNode>> Entries { get; }

    /// <inheritdoc/>
    public override string Kind => "a mapping";

    /// <summary>The value of <paramref name="key"/>, or null when the key is not there.</summary>
    public ConfigNode? TryGet(string key) => _byKey.GetValueOrDefault(key);
}
