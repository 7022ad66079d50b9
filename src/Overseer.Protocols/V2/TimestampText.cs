using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;
using Overseer.Protocols.Json;

namespace Overseer.Protocols.V2;

/// <summary>A time stamp as it is written: RFC 3339 in UTC with microseconds and <c>Z</c>, always 27 ASCII bytes, cut (not rounded)
/// at the microsecond. Made once for all lines of a chunk.</summary>
public readonly struct TimestampText : IEquatable<TimestampText>
{
    /// <summary>The length in bytes.</summary>
    public const int Length = 27;

    private const long NanosecondsPerTick = 100;
    private readonly Buffer _bytes;

    private TimestampText(long ticks)
    {
        var (year, month, day) = DateOnly.FromDayNumber((int)(ticks / TimeSpan.TicksPerDay));
        long ofDay = ticks % TimeSpan.TicksPerDay;
        int seconds = (int)(ofDay / TimeSpan.TicksPerSecond);
        int microseconds = (int)(ofDay % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond);
        Span<byte> text = _bytes;
        "0000-00-00T00:00:00.000000Z"u8.CopyTo(text);
        DecimalText.WriteTwo(text, year / 100);
        DecimalText.WriteTwo(text[2..], year % 100);
        DecimalText.WriteTwo(text[5..], month);
        DecimalText.WriteTwo(text[8..], day);
        DecimalText.WriteTwo(text[11..], seconds / 3600);
        DecimalText.WriteTwo(text[14..], seconds / 60 % 60);
        DecimalText.WriteTwo(text[17..], seconds % 60);
        DecimalText.WriteTwo(text[20..], microseconds / 10_000);
        DecimalText.WriteTwo(text[22..], microseconds / 100 % 100);
        DecimalText.WriteTwo(text[24..], microseconds % 100);
    }

    /// <summary>The 27 bytes.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> Bytes => ((ReadOnlySpan<byte>)_bytes)[..Length];

    /// <summary>The text for a time in nanoseconds since 1970-01-01 UTC.</summary>
    public static TimestampText FromUnixNanoseconds(long nanoseconds)
    {
        var (ticks, rest) = Math.DivRem(nanoseconds, NanosecondsPerTick);
        return new TimestampText(DateTime.UnixEpoch.Ticks + ticks - (rest < 0 ? 1 : 0));
    }

    /// <summary>The text for a time, whatever its offset.</summary>
    public static TimestampText From(DateTimeOffset time) => new(time.UtcTicks);

    /// <inheritdoc/>
    public bool Equals(TimestampText other) => Bytes.SequenceEqual(other.Bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is TimestampText other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <summary>The text as a string.</summary>
    public override string ToString() => Encoding.ASCII.GetString(Bytes);

    /// <summary>Whether two texts are the same.</summary>
    public static bool operator ==(TimestampText left, TimestampText right) => left.Equals(right);

    /// <summary>Whether two texts differ.</summary>
    public static bool operator !=(TimestampText left, TimestampText right) => !left.Equals(right);

    [InlineArray(32)]
    private struct Buffer
    {
        private byte _first;
    }
}
