using Overseer.Cli.Goproc.Text;

namespace Overseer.Cli.Goproc.Flags;

/// <summary>A flag that takes a comma list, and may come again.</summary>
internal sealed class ListFlag(string name, string usage) : Flag(name, usage)
{
    internal List<string> Values { get; } = [];

    internal override string Kind => "strings";

    internal override bool Repeats => true;

    internal override void Set(string text) => Values.AddRange(CsvLine.Read(text));
}
