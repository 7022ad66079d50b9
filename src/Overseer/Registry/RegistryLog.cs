using Microsoft.Extensions.Logging;

namespace Overseer.Registry;

/// <summary>Events 2800 to 2899.</summary>
internal static partial class RegistryLog
{
    [LoggerMessage(2800, LogLevel.Warning, "More processes are adopted than may have a descriptor ({Most}, limit max_adopted_pidfds); of the others the end is noticed within {Seconds} s, and the exit code is not known")]
    public static partial void TooFewDescriptors(ILogger log, int most, double seconds);

    [LoggerMessage(2801, LogLevel.Warning, "Adopted processes could not be looked at")]
    public static partial void LookFailed(ILogger log, Exception exception);

    [LoggerMessage(2802, LogLevel.Warning, "Adopted process {Pid}: the stop could not end everything; still there: {Pids}")]
    public static partial void LeftBehind(ILogger log, int pid, string pids);

    [LoggerMessage(2803, LogLevel.Error, "Adopted process {Pid} could not be signalled")]
    public static partial void SignalFailed(ILogger log, int pid, Exception exception);

    [LoggerMessage(2804, LogLevel.Information, "{Count} processes were taken over from {File}, {Living} of them alive")]
    public static partial void Imported(ILogger log, int count, int living, string file);

    [LoggerMessage(2805, LogLevel.Warning, "{File}: {What}")]
    public static partial void Adjusted(ILogger log, string file, string what);

    [LoggerMessage(2806, LogLevel.Error, "The snapshot {File} could not be written; the registry itself is stored")]
    public static partial void NotWritten(ILogger log, string file, Exception exception);
}
