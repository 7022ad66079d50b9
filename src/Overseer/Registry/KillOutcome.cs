namespace Overseer.Registry;

/// <summary>What came of killing a process. A closed hierarchy.</summary>
internal abstract record KillOutcome
{
    private KillOutcome()
    {
    }

    /// <summary>The process is dead, and with it its group if it led one.</summary>
    public sealed record Killed(RegistryEntry Entry) : KillOutcome;

    /// <summary>The pid is not positive.</summary>
    public sealed record InvalidPid : KillOutcome;

    /// <summary>No entry has this number or pid.</summary>
    public sealed record NotFound : KillOutcome;

    /// <summary>It could not be killed: it was dead before, or is not ours to signal.</summary>
    /// <param name="Reason">As the system says it: <c>no such process</c>, <c>operation not permitted</c>.</param>
    public sealed record Failed(string Reason) : KillOutcome;

    /// <summary>SIGKILL was sent, and these processes live on.</summary>
    /// <param name="Pids">At least one.</param>
    public sealed record Survived(IReadOnlyList<int> Pids) : KillOutcome;
}
