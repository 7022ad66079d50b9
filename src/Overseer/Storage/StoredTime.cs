using Overseer.Core.Time;

namespace Overseer.Storage;

/// <summary>Times and durations as columns: nanoseconds, as in the journal. What lies beyond 292 years stands for that.</summary>
internal static class StoredTime
{
    private const long NanosecondsPerTick = TimeSpan.NanosecondsPerTick;

    public static long? Of(DateTimeOffset? time) => time is { } set ? UnixTime.ToNanoseconds(set) : null;

    public static long? Of(TimeSpan? duration) => duration is { } set ? Nanoseconds(set) : null;

    public static long Nanoseconds(TimeSpan duration) => Math.Clamp(duration.Ticks, long.MinValue / NanosecondsPerTick, long.MaxValue / NanosecondsPerTick) * NanosecondsPerTick;

    public static TimeSpan Duration(long nanoseconds) => TimeSpan.FromTicks(nanoseconds / NanosecondsPerTick);
}
