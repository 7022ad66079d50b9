using Microsoft.Extensions.Logging;

namespace Overseer.Server.Audit;

/// <summary>Events 3200 to 3299.</summary>
internal static partial class AuditMessages
{
    [LoggerMessage(3200, LogLevel.Information, "{Who} (connection {Connection}): {What} {Target} {Detail}: {Outcome}")]
    public static partial void Done(ILogger log, string who, long connection, string what, string target, string detail, string outcome);

    [LoggerMessage(3201, LogLevel.Warning, "{Who} (connection {Connection}): {What} {Target} {Detail}: refused: {Outcome}")]
    public static partial void Refused(ILogger log, string who, long connection, string what, string target, string detail, string outcome);

    [LoggerMessage(3202, LogLevel.Warning, "{Who}: {Outcome}")]
    public static partial void RefusedMore(ILogger log, string who, string outcome);

    [LoggerMessage(3203, LogLevel.Error, "{Count} lines of the audit log are lost: they came faster than they could be written")]
    public static partial void Lost(ILogger log, long count);

    [LoggerMessage(3204, LogLevel.Error, "The audit log cannot be written to {Path}: {Problem}; lines are here only until it can be")]
    public static partial void FileFailed(ILogger log, string path, string problem);

    [LoggerMessage(3205, LogLevel.Information, "The audit log is written to {Path} again; {Count} lines are missing there")]
    public static partial void FileWorks(ILogger log, string path, long count);
}
