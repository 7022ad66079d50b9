using Overseer.Core.Time;

namespace Overseer.Cli.Commands;

/// <summary>Durations and times as users write them.</summary>
internal static class Durations
{
    /// <summary>The value of an option that takes a duration; null when it was not given.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    internal static TimeSpan? Read(string option, string? text)
    {
        if (text is null)
            return null;
        return GoDuration.TryParse(text, out TimeSpan value) ? value : throw new UsageException($"{option} {text}: it must be {GoDuration.Expected}");
    }

    /// <summary>The value of an option that takes a time, or how long ago it was; null when it was not given.</summary>
    /// <exception cref="UsageException">It is neither.</exception>
    internal static DateTimeOffset? ReadTime(string option, string? text, DateTimeOffset now)
    {
        if (text is null)
            return null;
        if (GoDuration.TryParse(text, out TimeSpan ago))
            return ago < now - DateTimeOffset.UnixEpoch ? now - ago : DateTimeOffset.UnixEpoch;
        // Without an offset it is UTC, like every time that this program prints.
        return DateTimeOffset.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            ? time
            : throw new UsageException($"{option} {text}: it must be a time such as 2026-01-31T12:00:00Z, or how long ago it was, such as 10m");
    }
}
