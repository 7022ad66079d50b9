using System.Globalization;
using System.Text;

namespace Overseer.Core.Expressions.Cel.Json;

/// <summary>Takes the escapes out of a JSON string.</summary>
internal static class JsonText
{
    /// <summary>The text of a well-formed string.</summary>
    /// <param name="inner">What stands between its quotes.</param>
    /// <param name="room">At least as long.</param>
    /// <returns>How many bytes were written. A surrogate without its partner becomes U+FFFD.</returns>
    public static int Unescape(ReadOnlySpan<byte> inner, Span<byte> room)
    {
        var written = 0;
        while (true)
        {
            var plain = inner.IndexOf((byte)'\\');
            var piece = plain < 0 ? inner : inner[..plain];
            piece.CopyTo(room[written..]);
            written += piece.Length;
            if (plain < 0) return written;
            var escape = inner[plain + 1];
            inner = inner[(plain + 2)..];
            if (escape == 'u') written += Character(ref inner).EncodeToUtf8(room[written..]);
            else room[written++] = Simple(escape);
        }
    }

    private static byte Simple(byte escape) => escape switch
    {
        (byte)'b' => (byte)'\b',
        (byte)'f' => (byte)'\f',
        (byte)'n' => (byte)'\n',
        (byte)'r' => (byte)'\r',
        (byte)'t' => (byte)'\t',
        _ => escape,
    };

    private static Rune Character(ref ReadOnlySpan<byte> inner)
    {
        var first = Unit(inner);
        inner = inner[4..];
        if (Rune.TryCreate(first, out var rune)) return rune;
        if (inner.Length < 6 || !inner.StartsWith("\\u"u8) || !Rune.TryCreate(first, Unit(inner[2..]), out rune)) return Rune.ReplacementChar;
        inner = inner[6..];
        return rune;
    }

    private static char Unit(ReadOnlySpan<byte> digits) => (char)ushort.Parse(digits[..4], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
