using Microsoft.Extensions.Logging;

namespace Overseer.Hub;

/// <summary>Events 3500 to 3599.</summary>
internal static partial class HubLog
{
    [LoggerMessage(3500, LogLevel.Information, "Session {ContainerId} is open")]
    public static partial void Opened(ILogger log, string containerId);

    [LoggerMessage(3501, LogLevel.Information, "Session {ContainerId} has ended: {Why}")]
    public static partial void Ended(ILogger log, string containerId, string why);

    [LoggerMessage(3502, LogLevel.Warning, "The journal of session {ContainerId} cannot be written: {Problem} ({Unsaid} more since the last such line)")]
    public static partial void NotWritten(ILogger log, string containerId, string problem, long unsaid);

    [LoggerMessage(3503, LogLevel.Warning, "What the journal of session {ContainerId} has of deliveries cannot be read: {Problem}; a message that is delivered twice may be kept twice")]
    public static partial void DeliveriesUnread(ILogger log, string containerId, string problem);

    [LoggerMessage(3504, LogLevel.Information, "Connection {Number} of the hub is closed: {Why}")]
    public static partial void Closed(ILogger log, long number, string why);

    [LoggerMessage(3505, LogLevel.Error, "Session {ContainerId} could not be opened")]
    public static partial void NotOpened(ILogger log, string containerId, Exception exception);
}
