using Overseer.Core.Tasks;

namespace Overseer.Core.Registry;

/// <summary>What is kept of an adopted task: everything, as it has one run and no journal.</summary>
internal sealed record AdoptedRecord
{
    /// <summary>The registry number: the key. Tasks of actions have others.</summary>
    public required long Number { get; init; }

    /// <summary>The task's id.</summary>
    public required Guid TaskId { get; init; }

    /// <summary>Its process.</summary>
    public required AdoptedProcess Process { get; init; }

    /// <summary>Its command line.</summary>
    public required string CommandLine { get; init; }

    /// <summary>The unique name.</summary>
    public string? Name { get; init; }

    /// <summary>Its tags.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Its groups.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>When it was adopted.</summary>
    public required DateTimeOffset AddedAt { get; init; }

    /// <summary>When its process was started.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Where it stands: running, stopping, killing, ended.</summary>
    public required TaskPhase Phase { get; init; }

    /// <summary>When its end was noticed.</summary>
    public DateTimeOffset? ExitedAt { get; init; }

    /// <summary>Its exit code, -1 when a signal ended it; unset when it is not known.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Name of the signal that ended it.</summary>
    public string? Signal { get; init; }

    /// <summary>Whether somebody had asked for its end.</summary>
    public bool WasStopped { get; init; }

    /// <summary>When it gets SIGKILL; set while it is being stopped.</summary>
    public DateTimeOffset? GraceEndsAt { get; init; }
}
