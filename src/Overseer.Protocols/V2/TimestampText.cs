using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;

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
        var time = new DateTime(ticks, DateTimeKind.Utc);
        Span<byte> text = _bytes;
        Digits(text, 0, 4, time.Year);
        text[4] = (byte)'-';
        Digits(text, 5, 2, time.Month);
        text[7] = (byte)'-';
        Digits(text, 8, 2, time.Day);
        text[10] = (byte)'T';
        Digits(text, 11, 2, time.Hour);
        text[13] = (byte)':';
        Digits(text, 14, 2, time.Minute);
        text[16] = (byte)':';
        Digits(text, 17, 2, time.Second);
        text[19] = (byte)'.';
        Digits(text, 20, 6, (int)(ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond));
        text[26] = (byte)'Z';
    }

    /// <summary>The 27 bytes.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> Bytes => ((ReadOnlySpan<byte>)_bytes)[..Length];

    /// <summary>The text for a time in nanoseconds since 1970-01-01 UTC.</summary>
    public static TimestampText FromUnixNanoseconds(long nanoseconds)
        => new(DateTime.UnixEpoch.Ticks + (long)Math.Floor((decimal)nanoseconds / NanosecondsPerTick));

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

    private static void Digits(Span<byte> text, int start, int count, int value)
    {
        for (int i = start + count - 1; i >= start; i--)
        {
            text[i] = (byte)('0' + (value % 10));
            value /= 10;
        }
    }

    [InlineArray(32)]
    private struct Buffer
    {
        private byte _first;
    }
}
