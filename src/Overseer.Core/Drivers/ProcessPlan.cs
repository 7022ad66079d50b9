namespace Overseer.Core.Drivers;

/// <summary>A run that is a process of this machine.</summary>
public sealed record ProcessPlan : RunPlan
{
    /// <summary>Absolute path of the program.</summary>
    public required string File { get; init; }

    /// <summary>The argument vector, the program's own name first. Each item reaches the program as one argument.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>Absolute path of the working directory.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>The complete environment, each name once.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; }

    /// <summary>True: standard input is a pipe that clients can write to; false: it is empty.</summary>
    public bool StdinPipe { get; init; }

    /// <summary>User to run as; <see langword="null"/> for the server's own.</summary>
    public ProcessUser? User { get; init; }

    /// <summary>What it may use; <see langword="null"/> for no limits of its own.</summary>
    public ProcessLimits? Limits { get; init; }
}
