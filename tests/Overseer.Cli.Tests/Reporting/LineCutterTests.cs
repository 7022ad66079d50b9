using System.Text;
using Overseer.Cli.Reporting;

namespace Overseer.Cli.Tests.Reporting;

public sealed class LineCutterTests
{
    [Theory]
    [InlineData("a\nb\n", "a|b")]
    [InlineData("a\r\nb", "a|b")]
    [InlineData("\n\n", "|")]
    [InlineData("", "")]
    [InlineData("12345678\n", "12345678")]
    [InlineData("123456789\n", "12345678+|9")]
    [InlineData("12345678\r\nx", "12345678|x")]
    [InlineData("ääääää", "ääää+|ää")]
    [InlineData("abcdefgä\n", "abcdefg+|ä")]
    [InlineData("12345678901234567890", "12345678+|90123456+|7890")]
    public void Lines_end_where_they_should_however_they_come(string text, string expected)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        for (int step = 1; step <= Math.Max(bytes.Length, 1); step++)
        {
            var lines = new List<string>();
            var cutter = new LineCutter(8, (line, partial) => lines.Add(Encoding.UTF8.GetString(line.Span) + (partial ? "+" : "")));
            for (int at = 0; at < bytes.Length; at += step)
                cutter.Take(bytes.AsMemory(at, Math.Min(step, bytes.Length - at)));
            cutter.End();

            Assert.Equal(expected, string.Join('|', lines));
        }
    }
}
