namespace Overseer.Cli.Discovery;

/// <summary>A process of this machine.</summary>
/// <param name="Pid">Its number.</param>
/// <param name="User">Its effective user; the number where it has no name, null where it is not to be known.</param>
/// <param name="Age">How long ago it began.</param>
/// <param name="Ports">The ports on which it listens, as far as they can be seen.</param>
/// <param name="CommandLine">Its arguments, the program's name first.</param>
internal sealed record FoundProcess(int Pid, string? User, TimeSpan Age, IReadOnlyList<int> Ports, IReadOnlyList<string> CommandLine)
{
    /// <summary>The program's name without its directory.</summary>
    internal string Program => CommandLine is [var first, ..] ? Path.GetFileName(first.TrimStart('-')) : "";
}
