using System.Globalization;
using System.Text;

namespace Overseer.Core.Time;

/// <summary>
/// Durations as Go writes them: <c>1h2m3.5s</c>, <c>250ms</c>, <c>0</c>, <c>.5s</c>. Units are <c>ns us µs ms s m h</c>.
/// Negative durations are refused, as nothing here can be waited for backwards. Overseer counts in ticks of 100 ns: what
/// lies between two ticks is rounded to the nearest one, but never to zero.
/// </summary>
public static class GoDuration
{
    /// <summary>What <see cref="TryParse"/> accepts, for the end of an error message: <c>"x" is not {Expected}</c>.</summary>
    public const string Expected = "a duration of 0 or more such as \"1h2m3.5s\", \"250ms\" or \"0\" (units ns us µs ms s m h)";

    private const ulong MaxNanoseconds = long.MaxValue; // Go's own limit, some 292 years

    /// <summary>Reads a duration.</summary>
    /// <param name="text">The text; blanks are not allowed anywhere.</param>
    /// <param name="value">The duration, zero when the text is none.</param>
    /// <returns>False when the text is no Go duration, is negative, or is longer than 292 years.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan value)
    {
        value = TimeSpan.Zero;
        if (text.StartsWith("+", StringComparison.Ordinal)) text = text[1..];
        if (text.IsEmpty) return false;
        if (text is "0") return true;

        UInt128 total = 0;
        while (!text.IsEmpty)
        {
            if (!TryNumber(ref text, out var whole, out var fraction, out var scale)) return false;
            if (!TryUnit(ref text, out var unit)) return false;
            if (whole > MaxNanoseconds / unit) return false;
            total += (UInt128)(whole * unit) + (fraction * unit / scale); // cut at the nanosecond, as Go does
            if (total > MaxNanoseconds) return false;
        }

        var ticks = (total + 50) / 100;
        value = TimeSpan.FromTicks((long)(ticks == 0 && total > 0 ? 1 : ticks));
        return true;
    }

    /// <summary>Writes a duration as Go's <c>Duration.String</c> does: <c>1h2m3.5s</c>, <c>1m0s</c>, <c>250ms</c>, <c>1.5µs</c>, <c>0s</c>.</summary>
    /// <param name="value">The duration; a negative one gets a minus sign.</param>
    public static string Format(TimeSpan value)
    {
        if (value == TimeSpan.Zero) return "0s";
        var text = new StringBuilder(24);
        if (value < TimeSpan.Zero) text.Append('-');
        var ticks = value.Ticks < 0 ? (ulong)-(value.Ticks + 1) + 1 : (ulong)value.Ticks;
        if (ticks < TimeSpan.TicksPerSecond)
        {
            var (unit, name) = ticks switch
            {
                < TimeSpan.TicksPerMicrosecond => (0.01m, "ns"),
                < TimeSpan.TicksPerMillisecond => (TimeSpan.TicksPerMicrosecond, "µs"),
                _ => (TimeSpan.TicksPerMillisecond, "ms"),
            };
            return text.Append(Plain(ticks / unit)).Append(name).ToString();
        }

        var minutes = ticks / TimeSpan.TicksPerMinute;
        if (minutes >= 60) text.Append(minutes / 60).Append('h');
        if (minutes > 0) text.Append(minutes % 60).Append('m');
        return text.Append(Plain(ticks % TimeSpan.TicksPerMinute / (decimal)TimeSpan.TicksPerSecond)).Append('s').ToString();
    }

    private static string Plain(decimal value) => value.ToString("0.#######", CultureInfo.InvariantCulture);

    /// <summary>Takes digits, optionally with a point among, before or after them; at least one digit.</summary>
    private static bool TryNumber(ref ReadOnlySpan<char> text, out ulong whole, out UInt128 fraction, out UInt128 scale)
    {
        fraction = 0;
        scale = 1;
        whole = 0;
        var digits = 0;
        for (; digits < text.Length && char.IsAsciiDigit(text[digits]); digits++)
        {
            whole = (whole * 10) + (ulong)(text[digits] - '0');
            if (whole > MaxNanoseconds) return false;
        }

        text = text[digits..];
        if (!text.StartsWith(".", StringComparison.Ordinal)) return digits > 0;

        var after = 1;
        for (; after < text.Length && char.IsAsciiDigit(text[after]); after++)
        {
            if (after > 18) continue; // below a nanosecond even in hours
            fraction = (fraction * 10) + (uint)(text[after] - '0');
            scale *= 10;
        }

        text = text[after..];
        return digits > 0 || after > 1;
    }

    /// <summary>Takes a unit; both the micro sign and the Greek letter stand for micro.</summary>
    private static bool TryUnit(ref ReadOnlySpan<char> text, out ulong nanoseconds)
    {
        var length = 0;
        while (length < text.Length && text[length] != '.' && !char.IsAsciiDigit(text[length])) length++;
        nanoseconds = text[..length] switch
        {
            "ns" => 1,
            "us" or "µs" or "μs" => 1000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => 0,
        };
        text = text[length..];
        return nanoseconds != 0;
    }
}
