using Microsoft.Extensions.Logging;

namespace Overseer.Retention;

/// <summary>Events 2200 to 2299.</summary>
internal static partial class RetentionLog
{
    [LoggerMessage(2200, LogLevel.Debug, "Deleted {Segments} of the oldest segments of journals, {Bytes} bytes: {Why}")]
    public static partial void Deleted(ILogger log, int segments, long bytes, string why);

    [LoggerMessage(2201, LogLevel.Information, "Deleted {Journals} journals ({Bytes} bytes) that belong to no known task")]
    public static partial void Unowned(ILogger log, int journals, long bytes);

    [LoggerMessage(2202, LogLevel.Warning, "The journal {Directory} cannot be looked after: {Reason}")]
    public static partial void Failed(ILogger log, string directory, string reason);

    [LoggerMessage(2203, LogLevel.Warning, "The journals take {Bytes} bytes, more than limits.total_journal_bytes ({Limit}), and nothing more can be deleted: what is left is being written")]
    public static partial void StillTooMuch(ILogger log, long bytes, long limit);
}
