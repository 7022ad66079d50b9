namespace Overseer.Drivers.Docker;

/// <summary>The labels by which containers are found again.</summary>
internal static class DockerLabels
{
    /// <summary>What all of them begin with; no action can set such a one.</summary>
    public const string Prefix = "overseer.";

    /// <summary>The run that the container is.</summary>
    public const string RunId = Prefix + "run_id";

    /// <summary>The task.</summary>
    public const string TaskId = Prefix + "task_id";

    /// <summary>The action.</summary>
    public const string Action = Prefix + "action";

    /// <summary>Whose it is: <see cref="StateIdentity"/>.</summary>
    public const string Server = Prefix + "server";

    /// <summary>Whether it goes when its end is stored.</summary>
    public const string AutoRemove = Prefix + "auto_remove";
}
