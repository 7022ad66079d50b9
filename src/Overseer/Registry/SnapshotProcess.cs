namespace Overseer.Registry;

/// <summary>A process as goproc's snapshot has it.</summary>
internal sealed record SnapshotProcess
{
    /// <summary>The registry number.</summary>
    public required long Id { get; init; }

    /// <summary>The process.</summary>
    public required int Pid { get; init; }

    /// <summary>Its process group.</summary>
    public int Pgid { get; init; }

    /// <summary>Its command line.</summary>
    public string Cmd { get; init; } = "";

    /// <summary>The unique name; empty for none.</summary>
    public string Name { get; init; } = "";

    /// <summary>Whether it lived when it was last looked at.</summary>
    public bool Alive { get; init; }

    /// <summary>When it was added.</summary>
    public required DateTimeOffset AddedAt { get; init; }

    /// <summary>When it was last seen alive.</summary>
    public DateTimeOffset LastSeen { get; init; }

    /// <summary>Its tags.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Its groups.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];
}
