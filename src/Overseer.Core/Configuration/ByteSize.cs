using System.Globalization;

namespace Overseer.Core.Configuration;

/// <summary>Numbers of bytes as people write them.</summary>
public static class ByteSize
{
    private static readonly (string Unit, long Factor)[] Units =
    [
        ("TiB", 1L << 40), ("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10),
        ("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1000), ("kB", 1000), ("B", 1),
    ];

    /// <summary>Reads <c>4096</c>, <c>64KiB</c>, <c>1 MiB</c>, <c>2GB</c>: whole numbers of 0 or more with an optional unit.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out long bytes)
    {
        bytes = 0;
        var factor = 1L;
        foreach (var (unit, value) in Units)
        {
            if (!text.EndsWith(unit, StringComparison.Ordinal)) continue;
            factor = value;
            text = text[..^unit.Length].TrimEnd(' ');
            break;
        }

        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return false;
        if (number > long.MaxValue / factor) return false;
        bytes = number * factor;
        return true;
    }

    /// <summary>The shortest exact form: <c>64KiB</c>, <c>1MiB</c>, <c>1000</c>.</summary>
    public static string Format(long bytes)
    {
        foreach (var (unit, factor) in Units)
        {
            if (unit.Contains('i', StringComparison.Ordinal) && bytes >= factor && bytes % factor == 0) return $"{bytes / factor}{unit}";
        }

        return bytes.ToString(CultureInfo.InvariantCulture);
    }
}
