namespace Overseer.Cli.Goproc.Flags;

/// <summary>A flag of a command, and the value it has got.</summary>
/// <param name="name">The long name, without dashes.</param>
/// <param name="usage">What it does, in one line.</param>
internal abstract class Flag(string name, string usage)
{
    internal string Name { get; } = name;

    internal string Usage { get; } = usage;

    /// <summary>The short name; null for none.</summary>
    internal char? Short { get; init; }

    /// <summary>What its value is, as help shows it; empty for a switch.</summary>
    internal abstract string Kind { get; }

    /// <summary>The value it has when it is given without one; null when it needs one.</summary>
    internal virtual string? Bare => null;

    /// <summary>Whether it may be given again and again.</summary>
    internal virtual bool Repeats => false;

    /// <summary>What it is when it is not given, as help shows it; null for nothing to show.</summary>
    internal virtual string? Default => null;

    /// <summary>The flag in messages.</summary>
    internal string Shown => Short is { } letter ? $"-{letter}, --{Name}" : "--" + Name;

    /// <summary>Takes a value.</summary>
    /// <exception cref="FormatException">It is none; the message says why.</exception>
    internal abstract void Set(string text);
}
