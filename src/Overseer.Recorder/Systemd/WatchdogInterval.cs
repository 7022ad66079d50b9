using System.Globalization;

namespace Overseer.Recorder.Systemd;

/// <summary>How often the service manager wants to hear from us: sd_watchdog_enabled(3).</summary>
internal static class WatchdogInterval
{
    /// <summary>Half of what WATCHDOG_USEC allows; null when no pings are wanted, or from another process than this one (WATCHDOG_PID).</summary>
    internal static TimeSpan? Of(string? microseconds, string? pid, int ownPid)
    {
        if (!long.TryParse(microseconds, NumberStyles.None, CultureInfo.InvariantCulture, out long allowed) || allowed is <= 1 or > int.MaxValue * 1000L)
            return null;
        if (pid is { Length: > 0 } && pid != ownPid.ToString(CultureInfo.InvariantCulture))
            return null;
        return TimeSpan.FromMicroseconds(allowed / 2);
    }

    /// <summary>The same for this process and its environment.</summary>
    internal static TimeSpan? OfThisProcess() =>
        Of(Environment.GetEnvironmentVariable("WATCHDOG_USEC"), Environment.GetEnvironmentVariable("WATCHDOG_PID"), Environment.ProcessId);
}
