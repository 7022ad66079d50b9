using Microsoft.Extensions.Logging;

namespace Overseer.Drivers.Docker;

/// <summary>Events 3500 to 3599.</summary>
internal static partial class DockerHostLog
{
    [LoggerMessage(3500, LogLevel.Warning, "Task {TaskId}: {Problem}; it is tried again")]
    public static partial void Unreachable(ILogger log, string taskId, string problem);

    [LoggerMessage(3501, LogLevel.Information, "Task {TaskId}: the container engine at {Socket} answers again")]
    public static partial void Reachable(ILogger log, string taskId, string socket);

    [LoggerMessage(3502, LogLevel.Error, "Task {TaskId}: its container could not be looked after; it is tried again")]
    public static partial void Failed(ILogger log, string taskId, Exception exception);

    [LoggerMessage(3503, LogLevel.Warning, "Task {TaskId}: the output of its container cannot be read: {Problem}")]
    public static partial void NoOutput(ILogger log, string taskId, string problem);

    [LoggerMessage(3504, LogLevel.Warning, "Task {TaskId}: signal {Signal} was refused: {Problem}")]
    public static partial void SignalRefused(ILogger log, string taskId, int signal, string problem);

    [LoggerMessage(3505, LogLevel.Warning, "Container {Container} could not be removed: {Problem}")]
    public static partial void NotRemoved(ILogger log, string container, string problem);

    [LoggerMessage(3506, LogLevel.Information, "Container {Container} is left of an earlier server, and its end is known: it was removed")]
    public static partial void Cleared(ILogger log, string container);

    [LoggerMessage(3507, LogLevel.Warning, "What earlier servers left at the container engine cannot be cleared away: {Problem}")]
    public static partial void NotCleared(ILogger log, string problem);
}
