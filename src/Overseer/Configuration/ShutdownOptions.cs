namespace Overseer.Configuration;

/// <summary>What happens to tasks when the server ends.</summary>
public sealed record ShutdownOptions
{
    /// <summary>
    /// Whether tasks are left running with their recorder (<c>tasks: keep</c>, the default of a server that systemd started) or stopped (<c>tasks: stop</c>, the
    /// default otherwise).
    /// </summary>
    public bool KeepTasks { get; init; }

    /// <summary>The longest any task has between its stop signal and SIGKILL then; null for each action's own grace time.</summary>
    public TimeSpan? Grace { get; init; }
}
