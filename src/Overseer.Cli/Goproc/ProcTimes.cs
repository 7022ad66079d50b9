namespace Overseer.Cli.Goproc;

/// <summary>The times of entries.</summary>
internal static class ProcTimes
{
    /// <summary>A time in nanoseconds since 1970; null for 0, which says that it is not known.</summary>
    internal static DateTimeOffset? Of(long nanoseconds) => nanoseconds == 0 ? null : DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / TimeSpan.NanosecondsPerTick);
}
