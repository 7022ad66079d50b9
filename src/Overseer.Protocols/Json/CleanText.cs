using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Overseer.Protocols.Json;

/// <summary>The quick way for strings that are clean ASCII: nothing to escape, one byte for each character.</summary>
internal static class CleanText
{
    /// <summary>Copies the text; false when it is not clean, and then the destination holds nothing of use.</summary>
    /// <param name="text">The text.</param>
    /// <param name="destination">At least as many bytes as the text has characters.</param>
    public static bool TryCopy(ReadOnlySpan<char> text, Span<byte> destination)
    {
        destination = destination[..text.Length];
        ref ushort from = ref MemoryMarshal.GetReference(MemoryMarshal.Cast<char, ushort>(text));
        ref byte to = ref MemoryMarshal.GetReference(destination);
        int last = text.Length - Vector128<ushort>.Count;
        if (last < 0)
            return TryCopyShort(text, destination);
        for (int at = 0; ; at = Math.Min(at + Vector128<ushort>.Count, last))
        {
            var characters = Vector128.LoadUnsafe(ref from, (nuint)at);
            if (Stops(characters))
                return false;
            Vector128.Narrow(characters, characters).GetLower().StoreUnsafe(ref to, (nuint)at);
            if (at == last)
                return true;
        }
    }

    private static bool TryCopyShort(ReadOnlySpan<char> text, Span<byte> destination)
    {
        for (int i = 0; i < text.Length && i < destination.Length; i++)
        {
            char character = text[i];
            if (character is < ' ' or >= '\x80' or '"' or '\\')
                return false;
            destination[i] = (byte)character;
        }
        return true;
    }

    private static bool Stops(Vector128<ushort> characters)
    {
        var printable = characters - Vector128.Create((ushort)' '); // controls wrap around to the top
        var stops = Vector128.GreaterThan(printable, Vector128.Create((ushort)('\x7f' - ' ')))
            | Vector128.Equals(characters, Vector128.Create((ushort)'"'))
            | Vector128.Equals(characters, Vector128.Create((ushort)'\\'));
        return stops != Vector128<ushort>.Zero;
    }
}
