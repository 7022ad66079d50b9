using Overseer.Cli.Goproc.Text;
using Overseer.Core.Tasks;

namespace Overseer.Cli.Goproc.Flags;

/// <summary>A flag that is on or off.</summary>
internal sealed class SwitchFlag(string name, string usage) : Flag(name, usage)
{
    internal bool Value { get; private set; }

    internal override string Kind => "";

    internal override string? Bare => "true";

    internal override void Set(string text) => Value = text switch
    {
        "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        _ => throw new FormatException($"strconv.ParseBool: parsing {GoQuote.Text(text)}: invalid syntax"),
    };
}
