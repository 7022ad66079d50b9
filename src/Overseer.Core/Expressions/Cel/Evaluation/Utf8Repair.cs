using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Overseer.Core.Expressions.Cel.Evaluation;

/// <summary>Makes well-formed UTF-8 of any bytes, in the way clients are shown them: each byte that belongs to no valid sequence becomes one U+FFFD.</summary>
internal static class Utf8Repair
{
    /// <summary>U+FFFD.</summary>
    public static ReadOnlySpan<byte> Replacement => "\uFFFD"u8;

    /// <summary>The bytes themselves when they are well-formed, else a copy in <paramref name="room"/>, which grows as needed.</summary>
    public static ReadOnlyMemory<byte> Repair(ReadOnlyMemory<byte> bytes, ref byte[] room)
    {
        var left = bytes.Span;
        if (Utf8.IsValid(left)) return bytes;
        if (room.Length < left.Length * 3) room = new byte[left.Length * 3];
        var written = 0;
        while (!left.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(left, out _, out var length) == OperationStatus.Done)
            {
                left[..length].CopyTo(room.AsSpan(written));
                written += length;
            }
            else
            {
                Replacement.CopyTo(room.AsSpan(written));
                written += Replacement.Length;
                length = 1;
            }

            left = left[length..];
        }

        return room.AsMemory(0, written);
    }
}
