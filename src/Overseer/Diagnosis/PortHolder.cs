namespace Overseer.Diagnosis;

/// <summary>Who listens at a port.</summary>
/// <param name="User">The owner of the socket.</param>
/// <param name="Pid">A process that has it; null when none can be seen.</param>
/// <param name="Command">What that process is called.</param>
internal sealed record PortHolder(int User, int? Pid, string? Command)
{
    public override string ToString() => Pid is { } pid ? $"pid {pid} ({Command}) of user {User}" : $"a process of user {User}";
}
