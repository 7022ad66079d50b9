namespace Overseer.Core.Tasks.Storage;

/// <summary>What is kept of one run. All runs of a task together are its exit history.</summary>
internal sealed record RunRecord
{
    /// <summary>The run.</summary>
    public required RunId RunId { get; init; }

    /// <summary>Number of its task.</summary>
    public required long Task { get; init; }

    /// <summary>Ordinal in the task's journal, starting at 1.</summary>
    public required int Ordinal { get; init; }

    /// <summary>Where it stands.</summary>
    public required TaskPhase Phase { get; init; }

    /// <summary>The boot of the machine in which it was launched: pids and start times mean nothing in another.</summary>
    public required Guid BootId { get; init; }

    /// <summary>Its process; 0 until there is one.</summary>
    public int Pid { get; init; }

    /// <summary>Field 22 of <c>/proc/PID/stat</c>.</summary>
    public long ProcessStartTime { get; init; }

    /// <summary>When its process was started; unset until there is one.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it exited.</summary>
    public DateTimeOffset? ExitedAt { get; init; }

    /// <summary>Exit code; -1 when a signal ended it, or with signal 0 when it is not known. Meaningful when <see cref="ExitedAt"/> is set.</summary>
    public int ExitCode { get; init; }

    /// <summary>Number of the signal that ended it; 0 for none.</summary>
    public int Signal { get; init; }

    /// <summary>Whether somebody had asked for the end.</summary>
    public bool Intentional { get; init; }

    /// <summary>Number of the signal that asks it to stop.</summary>
    public required int StopSignal { get; init; }

    /// <summary>Time between that and SIGKILL as the plan says.</summary>
    public required TimeSpan StopGrace { get; init; }

    /// <summary>The grace time of the stop that was asked for; unset as long as nobody has asked.</summary>
    public TimeSpan? AskedGrace { get; init; }

    /// <summary>
    /// When what is left of the tree gets SIGKILL. Set while it is being stopped, and after the exit as long as descendants may be left to be killed then.
    /// </summary>
    public DateTimeOffset? GraceEndsAt { get; init; }

    /// <summary>Inode of the pipe of standard output; 0 when not known.</summary>
    public long StdoutPipe { get; init; }

    /// <summary>Inode of the pipe of standard error; 0 when not known.</summary>
    public long StderrPipe { get; init; }

    /// <summary>Who carries it out in the server; unset for a process, which the recorder has.</summary>
    public string? Host { get; init; }

    /// <summary>What the host needs to find it again.</summary>
    public string? Reference { get; init; }

    /// <summary>What its host has said of it.</summary>
    public string? Note { get; init; }

    /// <summary>Whether it has begun: a restart that could not be executed is a run that never did.</summary>
    public bool HasStarted => StartedAt is not null;
}
