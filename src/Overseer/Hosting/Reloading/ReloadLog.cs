using Microsoft.Extensions.Logging;

namespace Overseer.Hosting.Reloading;

/// <summary>Events 1040 to 1059.</summary>
internal static partial class ReloadLog
{
    [LoggerMessage(1040, LogLevel.Information, "The configuration was read again for {Who}; differences: {Count}")]
    public static partial void Applied(ILogger log, string who, int count);

    [LoggerMessage(1041, LogLevel.Error, "The configuration was read again for {Who} and is wrong: nothing was changed")]
    public static partial void Refused(ILogger log, string who);

    [LoggerMessage(1042, LogLevel.Information, "Configuration: {Change}")]
    public static partial void Changed(ILogger log, string change);

    [LoggerMessage(1043, LogLevel.Warning, "Configuration: restart needed: {Restart}")]
    public static partial void NeedsRestart(ILogger log, string restart);

    [LoggerMessage(1044, LogLevel.Error, "Configuration: {Error}")]
    public static partial void Error(ILogger log, string error);

    [LoggerMessage(1045, LogLevel.Warning, "Configuration: {Warning}")]
    public static partial void Warning(ILogger log, string warning);

    [LoggerMessage(1046, LogLevel.Error, "The configuration could not be read again for {Who}")]
    public static partial void Failed(ILogger log, string who, Exception exception);
}
