using Overseer.Protocols.Goproc;

namespace Overseer.Cli.Goproc;

/// <summary>Entries as lines, to the letter of goproc.</summary>
internal static class ProcText
{
    internal static string Line(Proc proc) => $"{Head(proc)} alive={(proc.Alive ? "true" : "false")} cmd={proc.Cmd} {Labels(proc)}";

    internal static string Removed(Proc proc) => $"Removed {Head(proc)} cmd={proc.Cmd} {Labels(proc)}";

    /// <summary>What the lines of all commands begin with.</summary>
    internal static string Head(Proc proc) => $"[id={proc.Id}] pid={proc.Pid} name={(proc.Name.Length == 0 ? "-" : proc.Name)}";

    private static string Labels(Proc proc) => $"tags=[{string.Join(',', proc.Tags)}] groups=[{string.Join(',', proc.Groups)}]";
}
