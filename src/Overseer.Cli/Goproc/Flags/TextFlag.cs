namespace Overseer.Cli.Goproc.Flags;

/// <summary>A flag with a text; the last one counts.</summary>
internal sealed class TextFlag(string name, string usage) : Flag(name, usage)
{
    internal string Value { get; private set; } = "";

    internal override string Kind => "string";

    internal override void Set(string text) => Value = text;
}
