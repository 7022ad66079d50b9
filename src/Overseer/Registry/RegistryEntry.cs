using Overseer.Core.Tasks;

namespace Overseer.Registry;

/// <summary>A task with a process, as the registry shows it: adopted ones and those that Overseer runs.</summary>
internal sealed record RegistryEntry
{
    /// <summary>The registry number.</summary>
    public required long Number { get; init; }

    /// <summary>The task's id.</summary>
    public required string TaskId { get; init; }

    /// <summary>Its latest process.</summary>
    public required int Pid { get; init; }

    /// <summary>Field 22 of <c>/proc/PID/stat</c>: with the pid, the identity of the process. 0 when it is not known.</summary>
    public long ProcessStartTime { get; init; }

    /// <summary>The process group of that process when it was adopted; the pid itself for processes that Overseer started.</summary>
    public required int Pgid { get; init; }

    /// <summary>The command line, arguments joined by spaces.</summary>
    public required string Command { get; init; }

    /// <summary>Whether the process lives. Zombies do not.</summary>
    public required bool IsAlive { get; init; }

    /// <summary>The unique name.</summary>
    public string? Name { get; init; }

    /// <summary>The tags, in their order.</summary>
    public required IReadOnlyList<string> Tags { get; init; }

    /// <summary>The groups, in their order.</summary>
    public required IReadOnlyList<string> Groups { get; init; }

    /// <summary>When the task became known.</summary>
    public required DateTimeOffset AddedAt { get; init; }

    /// <summary>When the process was last known to live, see <c>goproc.last_seen_interval</c>.</summary>
    public required DateTimeOffset LastSeenAt { get; init; }

    /// <summary>When the process was started; unset when it is not known.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When its end was noticed.</summary>
    public DateTimeOffset? ExitedAt { get; init; }

    /// <summary>Its exit code, -1 when a signal ended it; unset while it lives and when nobody could tell.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The signal that ended it, such as <c>SIGKILL</c>.</summary>
    public string? Signal { get; init; }

    /// <summary>Where the task comes from.</summary>
    public required TaskOrigin Origin { get; init; }

    /// <summary>The task's state in one word.</summary>
    public required TaskState State { get; init; }
}
