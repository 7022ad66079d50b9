using Overseer.Recorder.Journal;

namespace Overseer.Recorder.Spawning;

/// <summary>Everything that is needed to start one run of a task. Immutable; may be sent again: a run is started once per <see cref="RunId"/>.</summary>
public sealed record SpawnRequest
{
    /// <summary>The run's identity; children see it as <c>OVERSEER_RUN_ID</c>.</summary>
    public required Guid RunId { get; init; }

    /// <summary>The journal that the run's output goes to.</summary>
    public required Guid JournalId { get; init; }

    /// <summary>1-based ordinal of the run in its journal.</summary>
    public required int Run { get; init; }

    /// <summary>Absolute path of the program; <c>PATH</c> is not searched.</summary>
    public required string File { get; init; }

    /// <summary>The argument vector, <c>argv[0]</c> included. One argument has at most 131,071 bytes (a limit of the kernel).</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>Absolute path of the directory the program starts in.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>The complete environment; nothing of the recorder's own is added but <c>OVERSEER_RUN_ID</c>.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; } = [];

    /// <summary>Whether standard input is a pipe; <c>/dev/null</c> otherwise (default).</summary>
    public bool StdinPipe { get; init; }

    /// <summary>How the journal is written when it has to be opened for this run.</summary>
    public JournalOptions Journal { get; init; } = new();

    /// <summary>The user to run as; the recorder's own when null.</summary>
    public SpawnUser? User { get; init; }

    /// <summary>Resource limits; none when null.</summary>
    public SpawnLimits? Limits { get; init; }

    /// <summary>Absolute path of the cgroup directory the program is started in; the recorder's own when null.</summary>
    public string? Cgroup { get; init; }

    /// <summary>A terminal of that size instead of pipes; pipes when null.</summary>
    public TerminalSize? Terminal { get; init; }

    /// <summary>The slot of the flight page that was reserved for this run; -1 (default): the start is not kept track of across the recorder's death.</summary>
    public int FlightSlot { get; init; } = -1;
}
