using Overseer.Recorder.Journal;

namespace Overseer.Recorder.Tests.Journal;

/// <summary>Files that vanish or lose their header while a journal is written, or between two writers of it.</summary>
public sealed class JournalReplacementTests
{
    private static readonly JournalOptions Small = new() { SegmentBytes = 4096 };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_journal_whose_directory_was_removed_goes_on_with_the_next_segment(bool parentToo)
    {
        using var place = new TempDirectory();
        string parent = Path.Join(place.Path, "journals");
        string journal = Path.Join(parent, "journal");
        Directory.CreateDirectory(parent);
        using var scratch = new JournalBuffer();
        using var writer = JournalWriter.Open(journal, Small, scratch);
        Write(writer, 3000);
        writer.Append(OutputStream.Stdout, 1, 1, 1, "half "u8);
        Directory.Delete(parentToo ? parent : journal, recursive: true);
        long removedAt = writer.End.NextLine;
        Write(writer, 3000);
        Assert.True(writer.End.Segment >= removedAt);
        using var reader = JournalReader.Open(journal);
        var entries = Seen.Rest(reader, writer.End);
        Assert.True(entries.Count > 100);
        Assert.Equal(Enumerable.Range((int)entries[0].Entry.Line, entries.Count), entries.Select(e => (int)e.Entry.Line));
        Assert.Equal(writer.End.NextLine - 1, entries[^1].Entry.Line);
    }

    [Fact]
    public void A_journal_whose_segment_was_removed_goes_on_with_the_next_one()
    {
        using var place = new TempDirectory();
        using var scratch = new JournalBuffer();
        using var writer = JournalWriter.Open(place.Journal, Small, scratch);
        Write(writer, 3000);
        foreach (var file in Directory.GetFiles(place.Journal))
            File.Delete(file);
        Write(writer, 3000);
        Assert.Equal(3001 + 3000, writer.End.NextLine);
        Assert.NotEmpty(Seen.All(place.Journal, writer.End));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(17)]
    [InlineData(64)]
    [InlineData(9000)]
    public void A_newest_segment_without_a_header_and_without_content_is_replaced(int zeros)
    {
        using var place = new TempDirectory();
        using var scratch = new JournalBuffer();
        JournalEnd before;
        using (var writer = JournalWriter.Open(place.Journal, Small, scratch))
        {
            Write(writer, 1000);
            before = writer.End;
        }

        File.WriteAllBytes(SegmentName.Of(place.Journal, before.NextLine), new byte[zeros]);
        using (var writer = JournalWriter.Open(place.Journal, Small, scratch))
        {
            Assert.Equal(before.NextLine, writer.End.NextLine);
            Write(writer, 10);
        }

        Assert.Equal(before.NextLine + 9, Seen.All(place.Journal, JournalDirectory.FindEnd(place.Journal))[^1].Entry.Line);
    }

    [Fact]
    public void An_only_segment_without_a_header_is_replaced_by_one_with_the_same_number()
    {
        using var place = new TempDirectory();
        Directory.CreateDirectory(place.Journal);
        File.WriteAllBytes(SegmentName.Of(place.Journal, 4711), new byte[64]);
        using var scratch = new JournalBuffer();
        using var writer = JournalWriter.Open(place.Journal, Small, scratch);
        Assert.Equal(4711, writer.End.NextLine);
    }

    [Fact]
    public void A_newest_segment_with_a_damaged_header_and_content_is_left_as_it_is()
    {
        using var place = new TempDirectory();
        using var scratch = new JournalBuffer();
        string path;
        using (var writer = JournalWriter.Open(place.Journal, new JournalOptions(), scratch))
        {
            Write(writer, 10);
            path = SegmentName.Of(place.Journal, writer.End.Segment);
        }

        byte[] bytes = File.ReadAllBytes(path);
        bytes[20] ^= 1;
        File.WriteAllBytes(path, bytes);
        Assert.Throws<JournalFormatException>(() => JournalWriter.Open(place.Journal, new JournalOptions(), scratch));
        Assert.Equal(bytes, File.ReadAllBytes(path));
    }

    private static void Write(JournalWriter writer, int lines)
    {
        for (int i = 0; i < lines; i++)
        {
            try
            {
                writer.Append(OutputStream.Stdout, 1, 1, 1, "some text\n"u8);
            }
            catch (JournalException) when (!Directory.Exists(writer.Place))
            {
                // The recorder tries again later.
            }
        }
    }
}
