namespace Overseer.Streams;

/// <summary>Bounds of the fan-out.</summary>
internal sealed record StreamOptions
{
    /// <summary>Finished frames kept for the subscribers of one task, in bytes. Who falls further behind reads the journal. Default 16 MiB.</summary>
    public long RingBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Finished frames kept for all tasks together, in bytes. Default 256 MiB.</summary>
    public long TotalBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>The largest block, and so the largest single write, in bytes. Default 256 KiB.</summary>
    public int BlockBytes { get; init; } = 256 * 1024;

    /// <summary>The size of a block for a task that prints little. Default 4 KiB.</summary>
    public int SmallBlockBytes { get; init; } = 4 * 1024;

    /// <summary>Whether somebody wants everything (see <see cref="StreamCursor.Everything"/>): then each start that streams do not tell of is prepared for him. Default false.</summary>
    public bool Starts { get; init; }

    /// <summary>Told when readers are shown that what came next for them has been deleted.</summary>
    public Action? Rotated { get; init; }
}
