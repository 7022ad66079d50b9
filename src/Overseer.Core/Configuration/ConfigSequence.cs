namespace Overseer.Core.Configuration;

/// <summary>A list of values.</summary>
public sealed class ConfigSequence : ConfigNode
{
    /// <summary>Makes a list.</summary>
    /// <param name="items">The values, in order.</param>
    /// <param name="file">See <see cref="ConfigNode.File"/>.</param>
    /// <param name="line">See <see cref="ConfigNode.Line"/>.</param>
    /// <param name="column">See <see cref="ConfigNode.Column"/>.</param>
    /// <param name="path">See <see cref="ConfigNode.Path"/>.</param>
    public ConfigSequence(IReadOnlyList<ConfigNode> items, string file = "", int line = 0, int column = 0, string path = "")
        : base(file, line, column, path) => Items = items;

    /// <summary>The values, in order.</summary>
    public IReadOnlyList<ConfigNode> Items { get; }

    /// <inheritdoc/>
    public override string Kind => "a list";
}
