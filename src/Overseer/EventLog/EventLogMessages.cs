using Microsoft.Extensions.Logging;

namespace Overseer.EventLog;

/// <summary>Events 2300 to 2399.</summary>
internal static partial class EventLogMessages
{
    [LoggerMessage(2300, LogLevel.Warning, "The event log {Path} cannot be written: {Reason}; it is tried again, and everything that happens meanwhile is written then")]
    public static partial void Stalled(ILogger log, string path, string reason);

    [LoggerMessage(2301, LogLevel.Information, "The event log {Path} is written again")]
    public static partial void Recovered(ILogger log, string path);

    [LoggerMessage(2302, LogLevel.Warning, "The event log {Path} cannot be rotated: {Reason}; it grows on")]
    public static partial void NotRotated(ILogger log, string path, string reason);

    [LoggerMessage(2303, LogLevel.Warning, "The event log {Path} cannot be opened again: {Reason}; the former file stays in use, and it is tried again")]
    public static partial void NotReopened(ILogger log, string path, string reason);

    [LoggerMessage(2304, LogLevel.Information, "The event log {Path} was opened again")]
    public static partial void Reopened(ILogger log, string path);

    [LoggerMessage(2305, LogLevel.Warning, "Events of queues and restarts cannot be kept for the event log in {Directory}: {Reason}; some will be missing in it")]
    public static partial void NotKept(ILogger log, string directory, string reason);

    [LoggerMessage(2306, LogLevel.Warning, "The journal of task {TaskId} cannot be read for the event log: {Reason}; it is tried again")]
    public static partial void JournalUnreadable(ILogger log, string taskId, string reason);

    [LoggerMessage(2307, LogLevel.Warning, "The file that the event log {Path} was in when the last server died is gone: {Bytes} bytes that may be in it already are written again")]
    public static partial void FormerGone(ILogger log, string path, int bytes);

    [LoggerMessage(2308, LogLevel.Warning, "The event log {Path} was not brought up to date in {Seconds} s; the next server writes the rest")]
    public static partial void NotDrained(ILogger log, string path, double seconds);

    [LoggerMessage(2309, LogLevel.Critical, "The event log {Path} has failed and is not written until the server is started again")]
    public static partial void Failed(ILogger log, string path, Exception failure);

    [LoggerMessage(2310, LogLevel.Warning, "{Tasks} more tasks were forgotten while the event log {Path} could not be written; what was missing of them is missing without a word")]
    public static partial void GapsLost(ILogger log, int tasks, string path);
}
