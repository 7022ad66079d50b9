using Overseer.Cli.Goproc.Flags;

namespace Overseer.Cli.Goproc;

/// <summary>A command of goproc's, made for one invocation: its flags hold what they were given.</summary>
internal abstract class GoprocCommand
{
    internal abstract string Name { get; }

    /// <summary>What stands behind the name: its arguments, and whether it has flags.</summary>
    internal abstract string Arguments { get; }

    /// <summary>What it does, in one line.</summary>
    internal abstract string Summary { get; }

    internal abstract IReadOnlyList<Flag> Flags { get; }

    /// <summary>Why so many arguments are wrong; null when they are not.</summary>
    internal virtual string? Refuse(int arguments) => null;

    /// <summary>Runs it, and gives the exit code.</summary>
    /// <exception cref="GoprocFailure">It failed.</exception>
    internal abstract int Run(IReadOnlyList<string> arguments, GoprocContext context);

    private protected static string? Exactly(int count, int arguments) => arguments == count ? null : $"accepts {count} arg(s), received {arguments}";
}
