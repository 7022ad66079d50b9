using Microsoft.Extensions.Logging;

namespace Overseer.Goproc.Grpc;

/// <summary>Events 3100 to 3109.</summary>
internal static partial class GrpcLog
{
    [LoggerMessage(3100, LogLevel.Error, "The call {Path} failed")]
    public static partial void Failed(ILogger log, string path, Exception exception);

    [LoggerMessage(3101, LogLevel.Warning, "Refused user {User} (pid {Pid}) on {Socket}: it belongs to user {Owner}")]
    public static partial void Foreign(ILogger log, int user, int pid, string socket, int owner);
}
