namespace Overseer.Core.Time;

/// <summary>Time as the journal keeps it: nanoseconds since 1970-01-01 UTC. <see cref="DateTimeOffset"/> counts in 100 ns, so the last two digits are cut.</summary>
internal static class UnixTime
{
    private const long NanosecondsPerTick = 100;

    /// <summary>The time that so many nanoseconds mean.</summary>
    public static DateTimeOffset FromNanoseconds(long nanoseconds) => DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / NanosecondsPerTick);

    /// <summary>The nanoseconds of a time. They end in the year 2262, and began in 1677: times beyond stand for these.</summary>
    public static long ToNanoseconds(DateTimeOffset time)
    {
        var ticks = time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks;
        return Math.Clamp(ticks, long.MinValue / NanosecondsPerTick, long.MaxValue / NanosecondsPerTick) * NanosecondsPerTick;
    }
}
