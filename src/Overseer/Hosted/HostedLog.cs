using Microsoft.Extensions.Logging;

namespace Overseer.Hosted;

/// <summary>Events 3400 to 3499.</summary>
internal static partial class HostedLog
{
    [LoggerMessage(3400, LogLevel.Error, "The host {Host} failed at task {TaskId}")]
    public static partial void HostFailed(ILogger log, string host, string taskId, Exception exception);

    [LoggerMessage(3401, LogLevel.Warning, "Task {TaskId} was carried out by \"{Host}\", which this server does not have: how it ended is not known")]
    public static partial void NoHost(ILogger log, string host, string taskId);

    [LoggerMessage(3402, LogLevel.Warning, "The journal of task {TaskId} cannot be read to find out whether it ended: {Problem}")]
    public static partial void Unreadable(ILogger log, string taskId, string problem);
}
