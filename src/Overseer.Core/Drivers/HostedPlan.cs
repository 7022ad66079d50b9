namespace Overseer.Core.Drivers;

/// <summary>A run that is no process of the recorder's: the server carries it out itself, through an <see cref="IRunHost"/>. A container is one, or code of this program.</summary>
public sealed record HostedPlan : RunPlan
{
    /// <summary><see cref="IRunHost.Name"/> of who carries it out. Stored with the run, so that the next server finds them when the action is gone.</summary>
    public required string Host { get; init; }

    /// <summary>Whatever the host needs to begin it. Only the host looks into it; it may hold secrets, and is not stored.</summary>
    public object? Work { get; init; }

    /// <summary>What the host needs to find the run again after the death of the server, beside its id; no secrets. Stored in clear.</summary>
    public string? Reference { get; init; }

    /// <summary>What is shown as the task's command, such as an image; unset for nothing. Secrets are masked.</summary>
    public string? Command { get; init; }

    /// <summary>What is shown as its arguments. Secrets are masked.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];
}
