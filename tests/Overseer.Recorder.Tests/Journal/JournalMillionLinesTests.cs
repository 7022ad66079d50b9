using System.Text;
using Overseer.Recorder.Journal;

namespace Overseer.Recorder.Tests.Journal;

public sealed class JournalMillionLinesTests
{
    private const int Lines = 1_000_000;

    [Theory]
    [InlineData(1000)]
    [InlineData(3)]
    public void A_seek_among_a_million_lines_looks_at_few_headers(int linesPerChunk)
    {
        using var place = new TempDirectory();
        using var scratch = new JournalBuffer();
        using var writer = JournalWriter.Open(place.Journal, new JournalOptions { SegmentBytes = 16 << 20 }, scratch);
        var chunk = new StringBuilder();
        for (var line = 1; line <= Lines; line++)
        {
            chunk.Append("this is line ").Append(line).Append('\n');
            if (line % linesPerChunk == 0 || line == Lines)
            {
                writer.Append(OutputStream.Stdout, 1, 1, line, Encoding.UTF8.GetBytes(chunk.ToString()));
                chunk.Clear();
            }
        }

        Assert.Equal(Lines + 1, writer.End.NextLine);
        Assert.Equal(writer.End, JournalDirectory.FindEnd(place.Journal));
        using var reader = JournalReader.Open(place.Journal);
        var random = new Random(1);
        const int Seeks = 300;
        for (var i = 0; i < Seeks; i++)
        {
            var line = random.Next(1, Lines + 1);
            Assert.Equal(line, reader.Seek(line, writer.End));
            Assert.True(reader.TryRead(writer.End, out var entry));
            Assert.Equal(line, entry.Line);
            Assert.Equal($"this is line {line}", Encoding.UTF8.GetString(entry.Data));
        }

        // One step of the index is 64 KiB of chunks; a walk through everything would be 1,000 or 333,334 headers.
        var chunkBytes = ChunkHeader.Size + (linesPerChunk * 20);
        Assert.True(reader.HeadersSought / Seeks <= (65536 / chunkBytes) + 4, $"{reader.HeadersSought / Seeks} headers a seek");
    }
}
