using System.Buffers.Binary;
using System.Buffers.Text;
using System.Numerics;

namespace Overseer.Protocols.Json;

/// <summary>Writes whole numbers in decimal.</summary>
internal static class DecimalText
{
    /// <summary>The room a number needs.</summary>
    public const int MaxBytes = 20;

    private const ulong EightDigits = 100_000_000;

    /// <summary>Writes the number and returns its length; <paramref name="destination"/> has at least <see cref="MaxBytes"/> bytes.</summary>
    public static int Write(Span<byte> destination, long value)
    {
        if ((ulong)value >= EightDigits)
        {
            Utf8Formatter.TryFormat(value, destination, out int length);
            return length;
        }
        // Eight digits at once, the first in the lowest byte; the zeros in front are shifted out.
        ulong digits = Digits((uint)value);
        int zeros = Math.Min(BitOperations.TrailingZeroCount(digits) / 8, 7);
        BinaryPrimitives.WriteUInt64LittleEndian(destination, (digits | 0x3030303030303030) >> (8 * zeros));
        return 8 - zeros;
    }

    /// <summary>Writes a number below 100 as two digits.</summary>
    public static void WriteTwo(Span<byte> destination, int value)
    {
        int tens = (value * 103) >> 10;
        BinaryPrimitives.WriteUInt16LittleEndian(destination, (ushort)(0x3030 + tens + ((value - (tens * 10)) << 8)));
    }

    /// <summary>The eight decimal digits of a number, a byte each: halves, then quarters, then single digits, divided side by side.</summary>
    private static ulong Digits(uint value)
    {
        ulong fours = (value / 10_000) | ((ulong)(value % 10_000) << 32);
        ulong hundreds = ((fours * 10_486) >> 20) & 0x0000_007F_0000_007F;
        ulong twos = hundreds | ((fours - (hundreds * 100)) << 16);
        ulong tens = ((twos * 103) >> 10) & 0x000F_000F_000F_000F;
        return tens | ((twos - (tens * 10)) << 8);
    }
}
