using Overseer.Configuration;

namespace Overseer.Retention;

/// <summary>How much of the journals is kept.</summary>
internal sealed record RetentionOptions
{
    /// <summary>Bytes kept of one task. Default 1 GiB.</summary>
    public long TaskBytes { get; init; } = 1L << 30;

    /// <summary>Bytes kept of all tasks together. Default 10 GiB.</summary>
    public long TotalBytes { get; init; } = 10L << 30;

    /// <summary>Time between two looks when no segment is begun meanwhile. Default 5 s.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Time between two looks at least. Default 200 ms.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>What a configuration says; without a bound for all tasks it is 10 GiB, or a quarter of the file system if that is less.</summary>
    /// <param name="limits">The configuration's.</param>
    /// <param name="journalRoot">Where the journals are; it exists.</param>
    public static RetentionOptions Of(LimitOptions limits, string journalRoot) => new()
    {
        TaskBytes = limits.JournalBytes,
        TotalBytes = limits.TotalJournalBytes ?? DefaultTotal(journalRoot),
    };

    private static long DefaultTotal(string journalRoot)
    {
        const long Most = 10L << 30;
        try
        {
            return Math.Min(Most, new DriveInfo(journalRoot).TotalSize / 4);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return Most;
        }
    }
}
