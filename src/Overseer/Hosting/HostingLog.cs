using Microsoft.Extensions.Logging;

namespace Overseer.Hosting;

/// <summary>Events 1000 to 1099.</summary>
internal static partial class HostingLog
{
    [LoggerMessage(1000, LogLevel.Information, "Trusted peers: {Summary}")]
    public static partial void Trust(ILogger log, string summary);

    [LoggerMessage(1001, LogLevel.Information, "Stopped")]
    public static partial void Stopped(ILogger log);

    [LoggerMessage(1002, LogLevel.Error, "Not every task could be stopped in time; processes may be left")]
    public static partial void StopIncomplete(ILogger log);

    [LoggerMessage(1003, LogLevel.Information, "Stopping: {Reason}")]
    public static partial void Stopping(ILogger log, string reason);

    [LoggerMessage(1020, LogLevel.Warning, "NOTIFY_SOCKET={Socket} cannot be used: it must be an absolute path or begin with @; the service manager is not told anything")]
    public static partial void NotifySocketUnusable(ILogger log, string socket);

    [LoggerMessage(1021, LogLevel.Critical, "The engine has not taken a turn for {Interval}; the service manager is not pinged until it does")]
    public static partial void EngineSilent(ILogger log, TimeSpan interval);

    [LoggerMessage(1030, LogLevel.Error, "No connection can be accepted on {Address}: {Reason} ({Unsaid} more failures since the last such line)")]
    public static partial void CannotAccept(ILogger log, string address, string reason, long unsaid);

    [LoggerMessage(1031, LogLevel.Warning, "limits.max_connections is {Wanted}, but of the {Descriptors} descriptors that this process may have (ulimit -n) a quarter is for connections: {Most}")]
    public static partial void FewDescriptors(ILogger log, int wanted, ulong descriptors, int most);

    [LoggerMessage(1032, LogLevel.Information, "TLS certificate: {Certificate}")]
    public static partial void Certificate(ILogger log, string certificate);

    [LoggerMessage(1033, LogLevel.Information, "TLS certificate replaced, new connections get it: {Certificate}")]
    public static partial void CertificateReplaced(ILogger log, string certificate);

    [LoggerMessage(1034, LogLevel.Error, "The new TLS certificate cannot be used, and the one before stays in use: {Problem}")]
    public static partial void CertificateUnusable(ILogger log, string problem);

    [LoggerMessage(1035, LogLevel.Warning, "TLS: {Warning}")]
    public static partial void CertificateWarning(ILogger log, string warning);
}
