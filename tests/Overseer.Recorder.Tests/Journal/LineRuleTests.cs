using System.Text;
using Overseer.Recorder.Journal;

namespace Overseer.Recorder.Tests.Journal;

public sealed class LineRuleTests
{
    // A limit of eight bytes; `|` ends a line, `+` a part of one.
    [Theory]
    [InlineData("one\ntwo\n", "one|two|")]
    [InlineData("one\r\ntwo\r", "one|two\r|")]
    [InlineData("\n\r\n\n", "|||")]
    [InlineData("\r\r\n", "\r|")]
    [InlineData("unfini", "unfini|")]
    [InlineData("12345678\n", "12345678|")]
    [InlineData("1234567\r\n", "1234567|")]
    [InlineData("12345678", "12345678|")]
    [InlineData("123456789", "12345678+9|")]
    [InlineData("123456789\n", "12345678+9|")]
    [InlineData("12345678\r\n", "12345678+|")]
    [InlineData("1234567812345678\n", "12345678+12345678|")]
    [InlineData("1234567é\n", "1234567+é|")]
    [InlineData("123456é\n", "123456é|")]
    [InlineData("123456€\n", "123456+€|")]
    [InlineData("12345😀\n", "12345+😀|")]
    [InlineData("1234😀\n", "1234😀|")]
    [InlineData("😀😀😀\n", "😀😀+😀|")]
    [InlineData("1€€€€\n", "1€€+€€|")]
    [InlineData("a\0b\n", "a\0b|")]
    public void Lines_end_where_the_rule_says_however_they_arrive(string output, string expected)
    {
        var bytes = Encoding.UTF8.GetBytes(output);
        for (var portion = 1; portion <= bytes.Length; portion++)
        {
            using var place = new TempDirectory();
            using var scratch = new JournalBuffer();
            using var writer = JournalWriter.Open(place.Journal, new JournalOptions { MaxLineBytes = 8 }, scratch);
            foreach (var part in bytes.Chunk(portion))
            {
                writer.Append(OutputStream.Stdout, 1, 1, 1, part);
            }

            writer.CutLine(OutputStream.Stdout, 1, 1, 1);
            var seen = Seen.All(place.Journal, writer.End).Select(
                s => Encoding.UTF8.GetString(Convert.FromHexString(s.Entry.Data)) + (s.Entry.Partial ? "+" : "|"));
            Assert.Equal(expected, string.Concat(seen));
        }
    }

    [Fact]
    public void A_line_of_a_hundred_megabytes_arrives_in_parts_of_the_limit()
    {
        using var place = new TempDirectory();
        using var scratch = new JournalBuffer();
        using var writer = JournalWriter.Open(place.Journal, new JournalOptions(), scratch);
        var part = new byte[1_000_000];
        for (var i = 0; i < 100; i++)
        {
            Array.Fill(part, (byte)('a' + (i % 26)));
            writer.Append(OutputStream.Stdout, 1, 1, 1, part);
        }

        writer.Append(OutputStream.Stdout, 1, 1, 1, "\n"u8);
        using var reader = JournalReader.Open(place.Journal);
        long total = 0;
        var parts = 0;
        while (reader.TryRead(writer.End, out var entry))
        {
            for (long at = total; at < total + entry.Data.Length; at += 99_991)
            {
                Assert.Equal((byte)('a' + (at / 1_000_000 % 26)), entry.Data[(int)(at - total)]);
            }

            total += entry.Data.Length;
            parts++;
            Assert.Equal(total < 100_000_000, entry.Partial);
            Assert.True(!entry.Partial || entry.Data.Length == 1 << 20);
        }

        Assert.Equal(100_000_000, total);
        Assert.Equal(96, parts);
    }
}
