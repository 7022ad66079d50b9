namespace Overseer.Recorder.Journal;

/// <summary>How a journal is written. A segment keeps the line length it was begun with; changes take effect with the next segment.</summary>
public sealed record JournalOptions
{
    /// <summary>Smallest <see cref="MaxLineBytes"/>: below it a part of a line could not always hold one UTF-8 sequence.</summary>
    public const int SmallestMaxLineBytes = 4;

    /// <summary>Largest <see cref="SegmentBytes"/>; distances within a segment are 32-bit numbers.</summary>
    public const long LargestSegmentBytes = 1L << 30;

    /// <summary>Bytes of a line, its end not counted, above which it is recorded as several. Default 1 MiB; 4 bytes to 64 MiB.</summary>
    public int MaxLineBytes { get; init; } = 1 << 20;

    /// <summary>Bytes after which a new segment is begun. Default 64 MiB, at most 1 GiB.</summary>
    public long SegmentBytes { get; init; } = 64L << 20;

    /// <summary>Bytes between two entries of a segment's index. Default 64 KiB.</summary>
    public int IndexIntervalBytes { get; init; } = 64 << 10;

    /// <summary>
    /// What happens to output when there is no room: programs go on and a gap says how many bytes are missing (false, the default), or the bytes stay in the pipe and programs wait when it is full,
    /// and nothing is missing (true).
    /// </summary>
    public bool BlockWhenFull { get; init; }

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxLineBytes, SmallestMaxLineBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxLineBytes, 64 << 20);
        ArgumentOutOfRangeException.ThrowIfLessThan(SegmentBytes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(SegmentBytes, LargestSegmentBytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(IndexIntervalBytes, 1);
    }
}
