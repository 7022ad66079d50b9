using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;
using System.Text.Unicode;

namespace Overseer.Protocols.Json;

/// <summary>
/// Bytes to the inside of a JSON string. Quotes, backslashes and the 32 controls are escaped, everything else that is valid UTF-8
/// stays as it is, and each byte that belongs to no valid sequence becomes one U+FFFD: a sequence cut off after two bytes gives two.
/// </summary>
/// <remarks>
/// What must hold: one pass over clean ASCII, which is nearly all there is, and no allocation. Each step copies a vector whole and then
/// looks how much of it was clean; searching for the next byte to escape (SearchValues) and copying what is before it took about half as
/// long again, for clean lines of 80 bytes as for lines full of quotes.
/// </remarks>
internal static class JsonEscaping
{
    private const int LongestEscape = 6; // \u001f
    private const int LookAhead = 64; // from any place in a vector, another one can be read
    private const byte FirstPrintable = 0x20;
    private const byte FirstNonAscii = 0x80;
    private static readonly ulong[] Escapes = MakeEscapes();

    /// <summary>The room <see cref="Escape"/> needs: six bytes for each, and a vector that may be written past the end.</summary>
    public static int MaxBytes(int length) => checked((length * LongestEscape) + Vector256<byte>.Count);

    /// <summary>Escapes <paramref name="source"/>.</summary>
    /// <param name="source">Any bytes.</param>
    /// <param name="destination">At least <see cref="MaxBytes"/> bytes; those behind the result may be overwritten.</param>
    /// <returns>The bytes written.</returns>
    /// <exception cref="ArgumentException">The destination is too small; nothing is written.</exception>
    public static int Escape(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        if (destination.Length < MaxBytes(source.Length))
            throw new ArgumentException($"{destination.Length} bytes are no room for {source.Length} escaped ones", nameof(destination));
        ref byte from = ref MemoryMarshal.GetReference(source);
        ref byte to = ref MemoryMarshal.GetReference(destination);
        int last = source.Length - Vector256<byte>.Count;
        if (last < 0)
            return IsCleanShort(source) ? Copy(source, destination) : EscapeRest(source, destination);
        for (int at = 0; ; at = Math.Min(at + Vector256<byte>.Count, last))
        {
            var bytes = Vector256.LoadUnsafe(ref from, (nuint)at);
            bytes.StoreUnsafe(ref to, (nuint)at);
            uint stops = Stops(bytes, nonAscii: true);
            if (stops != 0)
            {
                at += BitOperations.TrailingZeroCount(stops);
                return at + EscapeRest(source[at..], destination[at..]);
            }
            if (at == last)
                return source.Length;
        }
    }

    /// <summary>How much of <paramref name="bytes"/> to take as one piece of at most <paramref name="limit"/> bytes, so that no valid
    /// sequence is cut.</summary>
    public static int PieceLength(ReadOnlySpan<byte> bytes, int limit)
    {
        if (bytes.Length <= limit)
            return bytes.Length;
        // A byte after three continuations can only begin something or be invalid by itself.
        for (int end = limit; end > limit - 4; end--)
        {
            if ((bytes[end] & 0xC0) != 0x80)
                return end;
        }
        return limit;
    }

    private static int EscapeRest(scoped ReadOnlySpan<byte> source, Span<byte> destination)
    {
        Span<byte> tail = stackalloc byte[2 * LookAhead];
        ref byte to = ref MemoryMarshal.GetReference(destination);
        int read = 0, written = 0;
        bool moved = false, validated = false, valid = false;
        while (read < source.Length)
        {
            if (!moved && source.Length - read < LookAhead)
            {
                // The last bytes move to where whole vectors can be read behind each of them.
                moved = true;
                source[read..].CopyTo(tail);
                source = tail[..(source.Length - read)];
                read = 0;
            }
            ref byte from = ref MemoryMarshal.GetReference(source);
            int block = Math.Min(Vector256<byte>.Count, source.Length - read);
            uint stops = Stops(Vector256.LoadUnsafe(ref from, (nuint)read), nonAscii: !valid) & (uint)((1UL << block) - 1);
            int end = read + block;
            bool rune = false;
            while (true)
            {
                // What is clean before the next stop: a whole vector, of which the rest is overwritten. No step waits for a new comparison.
                Vector256.LoadUnsafe(ref from, (nuint)read).StoreUnsafe(ref to, (nuint)written);
                int stop = stops == 0 ? end : end - block + BitOperations.TrailingZeroCount(stops);
                written += stop - read;
                read = stop;
                if (stops == 0)
                    break;
                rune = source[read] >= FirstNonAscii;
                if (rune)
                    break;
                written += WriteEscape(source[read], destination[written..]);
                read++;
                stops &= stops - 1;
            }
            if (!rune)
                continue;
            if (!validated)
            {
                validated = true;
                valid = Utf8.IsValid(source[read..]);
            }
            if (valid)
                continue;
            do
            {
                read += CopyRune(source[read..], destination[written..], out int runeBytes);
                written += runeBytes;
            }
            while (read < source.Length && source[read] >= FirstNonAscii);
        }
        return written;
    }

    /// <summary>Copies a valid sequence, or replaces one byte; returns the bytes read.</summary>
    private static int CopyRune(ReadOnlySpan<byte> source, Span<byte> destination, out int written)
    {
        if (Rune.DecodeFromUtf8(source, out _, out int length) == OperationStatus.Done)
        {
            source[..length].CopyTo(destination);
            written = length;
            return length;
        }
        "\uFFFD"u8.CopyTo(destination);
        written = 3;
        return 1;
    }

    private static int WriteEscape(byte value, Span<byte> destination)
    {
        ulong escape = Escapes[value];
        BinaryPrimitives.WriteUInt64LittleEndian(destination, escape);
        return (int)(escape >> 56);
    }

    private static int Copy(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        source.CopyTo(destination);
        return source.Length;
    }

    /// <summary>Whether fewer than 32 bytes are clean ASCII; those below 16 are left to the general way.</summary>
    private static bool IsCleanShort(ReadOnlySpan<byte> source)
    {
        int last = source.Length - Vector128<byte>.Count;
        if (last < 0)
            return source.IsEmpty;
        ref byte from = ref MemoryMarshal.GetReference(source);
        return Stops(Vector256.Create(Vector128.LoadUnsafe(ref from), Vector128.LoadUnsafe(ref from, (nuint)last)), nonAscii: true) == 0;
    }

    /// <summary>One bit for each byte that cannot stay as it is; bytes from 0x80 up count as such when asked for.</summary>
    private static uint Stops(Vector256<byte> bytes, bool nonAscii)
    {
        // As signed numbers, bytes from 0x80 up are negative: one comparison finds them and the controls.
        var low = nonAscii
            ? Vector256.LessThan(bytes.AsSByte(), Vector256.Create((sbyte)FirstPrintable)).AsByte()
            : Vector256.LessThan(bytes, Vector256.Create(FirstPrintable));
        var quotes = Vector256.Equals(bytes, Vector256.Create((byte)'"'));
        var backslashes = Vector256.Equals(bytes, Vector256.Create((byte)'\\'));
        return (low | quotes | backslashes).ExtractMostSignificantBits();
    }

    /// <summary>For each ASCII byte that is escaped: the escape in little endian, its length in the highest byte.</summary>
    private static ulong[] MakeEscapes()
    {
        var escapes = new ulong[FirstNonAscii];
        for (int b = 0; b < FirstPrintable; b++)
            escapes[b] = Pack($"\\u{b:x4}");
        foreach (var (b, letter) in new[] { ('"', '"'), ('\\', '\\'), ('\b', 'b'), ('\f', 'f'), ('\n', 'n'), ('\r', 'r'), ('\t', 't') })
            escapes[b] = Pack($"\\{letter}");
        return escapes;
    }

    private static ulong Pack(string escape)
    {
        ulong packed = (ulong)escape.Length << 56;
        for (int i = 0; i < escape.Length; i++)
            packed |= (ulong)escape[i] << (8 * i);
        return packed;
    }
}
