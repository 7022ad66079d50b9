namespace Overseer.Core.Configuration;

/// <summary>A single value. Numbers and flags are text here; <see cref="ConfigSection"/> gives them their meaning.</summary>
public sealed class ConfigScalar : ConfigNode
{
    /// <summary>Makes a scalar.</summary>
    /// <param name="value">The text, or null for an explicit or empty null.</param>
    /// <param name="quoted">Whether the text was quoted or a block, so that it can be nothing but text.</param>
    /// <param name="file">See <see cref="ConfigNode.File"/>.</param>
    /// <param name="line">See <see cref="ConfigNode.Line"/>.</param>
    /// <param name="column">See <see cref="ConfigNode.Column"/>.</param>
    /// <param name="path">See <see cref="ConfigNode.Path"/>.</param>
    public ConfigScalar(string? value, bool quoted = false, string file = "", int line = 0, int column = 0, string path = "")
        : base(file, line, column, path)
    {
        Value = value;
        Quoted = quoted;
    }

    /// <summary>The text, or null for a null (<c>key:</c>, <c>key: ~</c>, <c>key: null</c>).</summary>
    public string? Value { get; }

    /// <summary>Whether the text was quoted or a block, so that it can be nothing but text.</summary>
    public bool Quoted { get; }

    /// <inheritdoc/>
    public override string Kind => Value is null ? "empty" : "text";
}
