namespace Overseer.Cli.Discovery;

/// <summary>Which processes are looked for: those for which everything that is set holds.</summary>
/// <param name="Name">The program's name, whole.</param>
/// <param name="Port">A port on which it listens.</param>
/// <param name="User">Its user, by name or number.</param>
/// <param name="Text">A part of its command line, upper and lower case alike.</param>
internal sealed record ProcessQuery(string? Name, int? Port, string? User, string? Text)
{
    /// <summary>Whether nothing is asked for.</summary>
    internal bool IsEmpty => Name is null && Port is null && User is null && Text is null;

    /// <summary>Whether a process is one of them.</summary>
    internal bool Fits(FoundProcess process)
        => (Name is null || process.Program == Name)
            && (Port is not { } port || process.Ports.Contains(port))
            && (User is null || process.User == User)
            && (Text is null || string.Join(' ', process.CommandLine).Contains(Text, StringComparison.OrdinalIgnoreCase));
}
