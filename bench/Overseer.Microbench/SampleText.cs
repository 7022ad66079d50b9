using System.Text;

namespace Overseer.Microbench;

/// <summary>Output as programs write it.</summary>
internal static class SampleText
{
    internal const int LineBytes = 80;

    /// <summary>Whole lines of <see cref="LineBytes"/> bytes and a newline, as many as fit.</summary>
    internal static byte[] Lines(int bytes)
    {
        var line = Line(LineContent.Ascii);
        var lines = new byte[bytes / (LineBytes + 1) * (LineBytes + 1)];
        for (var at = 0; at < lines.Length; at += LineBytes + 1)
        {
            line.CopyTo(lines, at);
            lines[at + LineBytes] = (byte)'\n';
        }
        return lines;
    }

    internal static byte[] Line(LineContent content)
    {
        var pattern = content switch
        {
            LineContent.Ascii => Encoding.UTF8.GetBytes("[ 42%] Building CXX object src/CMakeFiles/engine.dir/parser/expression.cpp.o ... "),
            LineContent.Utf8 => Encoding.UTF8.GetBytes("Größe geändert: Straße → Äpfel, 価格 1.000 €, naïve café, señor ångström, ćevapi "),
            LineContent.Escapes => Encoding.UTF8.GetBytes("{\"level\":\"info\",\"message\":\"read \\\"a\\\\b\\\"\",\t\"path\":\"C:\\\\temp\",\"n\":1,\"ok\":true} "),
            _ => [.. Enumerable.Range(0, LineBytes).Select(i => (byte)(0x80 + i))],
        };
        var line = Enumerable.Range(0, LineBytes).Select(i => pattern[i % pattern.Length]).ToArray();
        line.AsSpan().Replace((byte)'\n', (byte)' ');
        return line;
    }
}
