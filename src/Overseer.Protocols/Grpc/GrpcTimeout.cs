using System.Globalization;

namespace Overseer.Protocols.Grpc;

/// <summary>The header <c>grpc-timeout</c>: at most eight digits and a unit.</summary>
internal static class GrpcTimeout
{
    private const int MaxDigits = 8;

    /// <summary>Reads a timeout. What is below a tick of 100 ns is none; what no timer can wait for is the longest that one can.</summary>
    /// <returns>False when the text is no timeout.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan timeout)
    {
        timeout = TimeSpan.Zero;
        if (text.Length < 2 || text.Length > MaxDigits + 1 || !long.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out long count))
            return false;
        long ticks = text[^1] switch
        {
            'H' => TimeSpan.TicksPerHour,
            'M' => TimeSpan.TicksPerMinute,
            'S' => TimeSpan.TicksPerSecond,
            'm' => TimeSpan.TicksPerMillisecond,
            'u' => TimeSpan.TicksPerMicrosecond,
            'n' => 0,
            _ => -1,
        };
        if (ticks < 0)
            return false;
        timeout = TimeSpan.FromTicks(ticks == 0 ? count / TimeSpan.NanosecondsPerTick : count * ticks);
        if (timeout.TotalMilliseconds > int.MaxValue)
            timeout = TimeSpan.FromMilliseconds(int.MaxValue);
        return true;
    }

    /// <summary>Writes a timeout in the finest unit that eight digits are enough for, rounded up.</summary>
    public static string Format(TimeSpan timeout)
    {
        (long Ticks, char Unit)[] units = [(TimeSpan.TicksPerMicrosecond, 'u'), (TimeSpan.TicksPerMillisecond, 'm'), (TimeSpan.TicksPerSecond, 'S'), (TimeSpan.TicksPerMinute, 'M'), (TimeSpan.TicksPerHour, 'H')];
        foreach ((long ticks, char unit) in units)
        {
            long count = (timeout.Ticks + ticks - 1) / ticks;
            if (count < 100_000_000)
                return count.ToString(CultureInfo.InvariantCulture) + unit;
        }
        return "99999999H";
    }
}
