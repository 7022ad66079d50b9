using Microsoft.Extensions.Logging;

namespace Overseer.Server;

/// <summary>Events 3000 to 3099.</summary>
internal static partial class ServerLog
{
    [LoggerMessage(3000, LogLevel.Debug, "Connection {Number} broke: {Reason}")]
    public static partial void Broke(ILogger log, long number, string reason);

    [LoggerMessage(3001, LogLevel.Warning, "Connection {Number} is dropped: it asks but does not read, and more than {MaxQueuedBytes} bytes of answers wait (limits.max_queued_bytes)")]
    public static partial void Overfull(ILogger log, long number, int maxQueuedBytes);

    [LoggerMessage(3002, LogLevel.Error, "The journal of task {TaskId} cannot be read")]
    public static partial void JournalUnreadable(ILogger log, string taskId, Exception exception);

    [LoggerMessage(3003, LogLevel.Warning, "Refused {Peer}: {Reason}")]
    public static partial void Refused(ILogger log, string peer, string reason);

    [LoggerMessage(3004, LogLevel.Debug, "Connection {Number} from {Peer}")]
    public static partial void Connected(ILogger log, long number, string peer);

    [LoggerMessage(3005, LogLevel.Information, "Connection {Number} is dropped: no sign of life for {Silence}")]
    public static partial void Silent(ILogger log, long number, TimeSpan silence);

    [LoggerMessage(3006, LogLevel.Warning, "Turned {Peer} away: {Refusal} ({Unsaid} more since the last such line)")]
    public static partial void TooMany(ILogger log, string peer, string refusal, long unsaid);

    [LoggerMessage(3007, LogLevel.Warning, "{Peer} says by headers such as X-Forwarded-For that it is a proxy, but is not in trusted_proxies: they are ignored ({Unsaid} more since the last such line)")]
    public static partial void ForwardingIgnored(ILogger log, string peer, long unsaid);

    [LoggerMessage(3008, LogLevel.Information, "Connection {Number} is dropped: it has taken nothing of what it is sent for {Time} (limits.stall_timeout)")]
    public static partial void Stalled(ILogger log, long number, TimeSpan time);
}
