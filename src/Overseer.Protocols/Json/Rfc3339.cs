using System.Globalization;

namespace Overseer.Protocols.Json;

/// <summary>Reads RFC 3339 times: a <c>T</c> (or <c>t</c>) between date and time, an offset always, any number of digits of a second,
/// of which those below 100 ns are cut. Leap seconds are not known.</summary>
internal static class Rfc3339
{
    private const int SecondsEnd = 19; // 2006-01-02T15:04:05
    private const int TickDigits = 7;

    public static bool TryParse(ReadOnlySpan<char> text, out DateTimeOffset value)
    {
        value = default;
        if (text.Length <= SecondsEnd || text[10] is not ('T' or 't'))
            return false;
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (!DateTime.TryParseExact(text[..10], "yyyy-MM-dd", CultureInfo.InvariantCulture, Utc, out var date)
            || !TryTime(text[11..SecondsEnd], out long time))
        {
            return false;
        }
        text = text[SecondsEnd..];
        if (!TryFraction(ref text, out long fraction) || !TryOffset(text, out long offset))
            return false;
        long ticks = date.Ticks + time + fraction - offset;
        if (ticks < 0 || ticks > DateTime.MaxValue.Ticks)
            return false;
        value = new DateTimeOffset(ticks, TimeSpan.Zero);
        return true;
    }

    private static bool TryTime(ReadOnlySpan<char> text, out long ticks)
    {
        ticks = 0;
        if (text[2] != ':' || text[5] != ':')
            return false;
        if (!TryTwoDigits(text, 23, out int hours) || !TryTwoDigits(text[3..], 59, out int minutes) || !TryTwoDigits(text[6..], 59, out int seconds))
            return false;
        ticks = (((hours * 60L) + minutes) * 60 + seconds) * TimeSpan.TicksPerSecond;
        return true;
    }

    private static bool TryFraction(ref ReadOnlySpan<char> text, out long ticks)
    {
        ticks = 0;
        if (text[0] != '.')
            return true;
        int digits = 0;
        for (text = text[1..]; digits < text.Length && char.IsAsciiDigit(text[digits]); digits++)
        {
            if (digits < TickDigits)
                ticks = (ticks * 10) + text[digits] - '0';
        }
        for (int missing = digits; missing < TickDigits; missing++)
            ticks *= 10;
        text = text[digits..];
        return digits > 0;
    }

    private static bool TryOffset(ReadOnlySpan<char> text, out long ticks)
    {
        ticks = 0;
        if (text is "Z" or "z")
            return true;
        if (text.Length != 6 || text[0] is not ('+' or '-') || text[3] != ':')
            return false;
        if (!TryTwoDigits(text[1..], 23, out int hours) || !TryTwoDigits(text[4..], 59, out int minutes))
            return false;
        ticks = ((hours * 60L) + minutes) * TimeSpan.TicksPerMinute;
        if (text[0] == '-')
            ticks = -ticks;
        return true;
    }

    private static bool TryTwoDigits(ReadOnlySpan<char> text, int max, out int value)
    {
        value = 0;
        if (!char.IsAsciiDigit(text[0]) || !char.IsAsciiDigit(text[1]))
            return false;
        value = ((text[0] - '0') * 10) + text[1] - '0';
        return value <= max;
    }
}
