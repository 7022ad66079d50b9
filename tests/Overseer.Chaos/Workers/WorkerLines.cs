using System.Globalization;
using System.Text;

namespace Overseer.Chaos.Workers;

/// <summary>The lines that worker.c prints. The content must stay in step with it.</summary>
internal static class WorkerLines
{
    /// <summary>Lines of a run: 0 main on stdout, 1 main on stderr, 2 daemon on stdout, 3 daemon on stderr.</summary>
    internal const int Lanes = 4;

    /// <summary>The first of the daemon's lanes.</summary>
    internal const int FirstOfDaemon = 2;

    /// <summary>The line without its end.</summary>
    internal static byte[] Make(LifePlan plan, int lane, long number)
    {
        var seed = Mix(plan.Key ^ Mix((ulong)number * 4 + (ulong)lane));
        var r = Mix(seed);
        ulong kind = r % 1000, more = r >> 10;
        var filler = kind < 20 ? 200 + more % 3000 : more % 100;
        if (plan.Rhythm == Rhythm.Long && lane < 2 && kind < 6)
            filler = 65536 + more % 140000;
        var head = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{plan.Token} {plan.Label} {"md"[lane / 2]} {"oe"[lane % 2]} {number} "));
        var line = new byte[head.Length + (int)filler];
        head.CopyTo(line, 0);
        for (var i = 0; i < (int)filler; i += 8)
        {
            var word = Mix(seed + 1 + (ulong)i / 8);
            for (var j = i; j < i + 8 && j < (int)filler; j++, word >>= 8)
                line[head.Length + j] = (byte)('a' + (word & 0xff) % 26);
        }
        return line;
    }

    /// <summary>Reads which line this is; false when it is none, or only the beginning of one.</summary>
    internal static bool TryParseHead(ReadOnlySpan<byte> line, out int life, out int attempt, out int voice, out long number)
    {
        (life, attempt, voice, number) = (0, 0, 0, 0);
        Span<Range> parts = stackalloc Range[6];
        var count = 0;
        var from = 0;
        while (count < 5 && line[from..].IndexOf((byte)' ') is var space and >= 0)
        {
            parts[count++] = from..(from + space);
            from += space + 1;
        }
        if (count < 5 || line[parts[2]] is not [var letter])
            return false;
        voice = letter == 'd' ? 1 : 0;
        return TryParseLabel(Encoding.ASCII.GetString(line[parts[1]]), out life, out attempt)
            && long.TryParse(line[parts[4]], NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    /// <summary>Reads <c>LIFE</c> or <c>LIFE.ATTEMPT</c>.</summary>
    internal static bool TryParseLabel(string label, out int life, out int attempt)
    {
        attempt = 0;
        var point = label.IndexOf('.', StringComparison.Ordinal);
        return int.TryParse(point < 0 ? label : label[..point], NumberStyles.None, CultureInfo.InvariantCulture, out life)
            && (point < 0 || int.TryParse(label[(point + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out attempt));
    }

    internal static ulong Mix(ulong x)
    {
        x += 0x9E3779B97F4A7C15;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
