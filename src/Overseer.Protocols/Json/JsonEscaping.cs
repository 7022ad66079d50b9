using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Overseer.Protocols.Json;

/// <summary>
/// Bytes to the inside of a JSON string. Quotes, backslashes and the 32 controls are escaped, everything else that is valid UTF-8
/// stays as it is, and each byte that belongs to no valid sequence becomes one U+FFFD: a sequence cut off after two bytes gives two.
/// </summary>
internal static class JsonEscaping
{
    private const int LongestEscape = 6; // \u001f

    private static readonly SearchValues<byte> NotCleanAscii = SearchValues.Create(Matching(static b => IsEscaped(b) || b >= 0x80));
    private static readonly SearchValues<byte> Escaped = SearchValues.Create(Matching(IsEscaped));

    public static int MaxBytes(int length) => checked(length * LongestEscape);

    /// <summary>Escapes <paramref name="source"/>; <paramref name="destination"/> has at least <see cref="MaxBytes"/> bytes.</summary>
    /// <returns>The bytes written.</returns>
    public static int Escape(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        int clean = source.IndexOfAny(NotCleanAscii);
        if (clean < 0)
        {
            source.CopyTo(destination);
            return source.Length;
        }
        source[..clean].CopyTo(destination);
        source = source[clean..];
        return clean + (Utf8.IsValid(source) ? EscapeValid(source, destination[clean..]) : EscapeAny(source, destination[clean..]));
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

    private static int EscapeValid(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        int written = 0;
        while (true)
        {
            int clean = source.IndexOfAny(Escaped);
            if (clean < 0)
            {
                source.CopyTo(destination[written..]);
                return written + source.Length;
            }
            source[..clean].CopyTo(destination[written..]);
            written += clean;
            written += WriteEscape(source[clean], destination[written..]);
            source = source[(clean + 1)..];
        }
    }

    private static int EscapeAny(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        int written = 0;
        while (!source.IsEmpty)
        {
            byte first = source[0];
            if (first < 0x80)
            {
                if (IsEscaped(first))
                    written += WriteEscape(first, destination[written..]);
                else
                    destination[written++] = first;
                source = source[1..];
                continue;
            }
            int length = 1;
            if (Rune.DecodeFromUtf8(source, out _, out int consumed) == OperationStatus.Done)
            {
                length = consumed;
                source[..length].CopyTo(destination[written..]);
                written += length;
            }
            else
            {
                "\uFFFD"u8.CopyTo(destination[written..]);
                written += 3;
            }
            source = source[length..];
        }
        return written;
    }

    private static int WriteEscape(byte value, Span<byte> destination)
    {
        destination[0] = (byte)'\\';
        byte letter = value switch
        {
            (byte)'"' => (byte)'"',
            (byte)'\\' => (byte)'\\',
            (byte)'\b' => (byte)'b',
            (byte)'\f' => (byte)'f',
            (byte)'\n' => (byte)'n',
            (byte)'\r' => (byte)'r',
            (byte)'\t' => (byte)'t',
            _ => (byte)'u',
        };
        destination[1] = letter;
        if (letter != 'u')
            return 2;
        destination[2] = (byte)'0';
        destination[3] = (byte)'0';
        destination[4] = (byte)('0' + (value >> 4));
        destination[5] = "0123456789abcdef"u8[value & 15];
        return LongestEscape;
    }

    private static bool IsEscaped(byte value) => value is < 0x20 or (byte)'"' or (byte)'\\';

    private static byte[] Matching(Func<byte, bool> condition) => [.. Enumerable.Range(0, 256).Select(b => (byte)b).Where(condition)];
}
