namespace Overseer.Drivers.Docker.Engine;

/// <summary>How a container is.</summary>
internal sealed record ContainerState
{
    /// <summary>A word: <c>created</c>, <c>running</c>, <c>paused</c>, <c>restarting</c>, <c>exited</c>, <c>dead</c>, and what podman has besides.</summary>
    public string? Status { get; init; }

    /// <summary>Its first process, as the engine's machine numbers it; 0 when it does not run.</summary>
    public int Pid { get; init; }

    /// <summary>Whether the kernel ended it for want of memory.</summary>
    public bool OOMKilled { get; init; }

    /// <summary>Its exit code.</summary>
    public int ExitCode { get; init; }

    /// <summary>Why it could not be started.</summary>
    public string? Error { get; init; }

    /// <summary>When it was started last; year 1 for never.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ended last; year 1 for never.</summary>
    public DateTimeOffset FinishedAt { get; init; }

    /// <summary>Whether it has never been started.</summary>
    public bool IsNew => Status is "created" or "configured" or "initialized";

    /// <summary>Whether it is over. A container on its way there, or that its engine is about to start again, is not.</summary>
    public bool IsOver => Status is "exited" or "dead" or "stopped";
}
