using Overseer.Cli.Goproc.Text;

namespace Overseer.Cli.Goproc.Flags;

/// <summary>A flag that takes a comma list of numbers, and may come again.</summary>
internal sealed class NumbersFlag(string name, string usage) : Flag(name, usage)
{
    internal List<long> Values { get; } = [];

    internal override string Kind => "ints";

    internal override bool Repeats => true;

    internal override void Set(string text)
    {
        foreach (string one in text.Split(','))
            Values.Add(GoNumber.Atoi(one));
    }
}
