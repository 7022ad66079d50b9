using Overseer.Recorder.Journal;

namespace Overseer.Recorder.Tests.Journal;

public sealed class JournalFaultTests : IDisposable
{
    private readonly TempDirectory _place = new();
    private readonly JournalBuffer _scratch = new();

    public void Dispose()
    {
        _scratch.Dispose();
        _place.Dispose();
    }

    [Fact]
    public void A_second_writer_is_refused_and_a_third_accepted_when_the_first_is_gone()
    {
        using (var first = Writer())
        {
            var error = Assert.Throws<JournalLockedException>(Writer);
            Assert.Contains(SegmentName.Of(_place.Journal, 1), error.Message, StringComparison.Ordinal);
            first.Append(OutputStream.Stdout, 1, 1, 1, "a\n"u8);
        }

        using var third = Writer();
        Assert.Equal(2, third.End.NextLine);
    }

    [Fact]
    public void The_lock_moves_on_with_the_segment()
    {
        using var first = JournalWriter.Open(_place.Journal, new JournalOptions { SegmentBytes = 100 }, _scratch);
        for (var i = 0; i < 10; i++)
        {
            first.Append(OutputStream.Stdout, 1, 1, 1, "some line\n"u8);
        }

        Assert.True(first.End.Segment > 1);
        Assert.Throws<JournalLockedException>(Writer);
    }

    [Fact]
    public void The_directory_and_the_files_are_for_the_owner_alone()
    {
        using var writer = JournalWriter.Open(_place.Journal, new JournalOptions { IndexIntervalBytes = 1 }, _scratch);
        writer.Append(OutputStream.Stdout, 1, 1, 1, "a\n"u8);
        writer.Append(OutputStream.Stdout, 1, 1, 1, "b\n"u8);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, new DirectoryInfo(_place.Journal).UnixFileMode);
        var files = Directory.GetFiles(_place.Journal);
        Assert.Equal(2, files.Length);
        Assert.All(files, f => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, new FileInfo(f).UnixFileMode));
    }

    [Fact]
    public void No_journal_is_said_with_its_directory()
    {
        AssertNames<JournalException>(_place.Journal, () => JournalReader.Open(_place.Journal));
        AssertNames<JournalException>(_place.Path, () => JournalReader.Open(_place.Path));
        AssertNames<JournalException>(_place.Path, () => JournalDirectory.FindEnd(_place.Path));
        var deep = Path.Join(_place.Path, "missing", "journal");
        AssertNames<JournalException>(deep, () => JournalWriter.Open(deep, new JournalOptions(), _scratch));
    }

    [Fact]
    public void Files_of_others_are_not_looked_at_but_a_segment_must_be_one()
    {
        Writer().Dispose();
        File.WriteAllText(Path.Join(_place.Journal, "notes.txt"), "mine");
        JournalReader.Open(_place.Journal).Dispose();

        var path = Path.Join(_place.Journal, "holiday.seg");
        File.WriteAllText(path, "mine");
        AssertNames<JournalFormatException>(path, () => JournalReader.Open(_place.Journal));
        AssertNames<JournalFormatException>(path, () => Writer());
    }

    [Theory]
    [InlineData("signature", 0, "signature")]
    [InlineData("version", 8, "version")]
    [InlineData("limit", 12, "checksum")]
    public void A_segment_with_a_wrong_header_is_refused_with_its_name_and_left_alone(string what, int offset, string says)
    {
        using (var writer = Writer())
        {
            writer.Append(OutputStream.Stdout, 1, 1, 1, "kept\n"u8);
        }

        var path = SegmentName.Of(_place.Journal, 1);
        var bytes = File.ReadAllBytes(path);
        bytes[offset] ^= 0x40;
        if (what == "version")
        {
            BitConverter.TryWriteBytes(bytes.AsSpan(60), Crc32C.Append(uint.MaxValue, bytes.AsSpan(0, 60)));
        }

        File.WriteAllBytes(path, bytes);
        foreach (Action action in new Action[] { () => JournalReader.Open(_place.Journal), () => Writer(), () => JournalDirectory.FindEnd(_place.Journal) })
        {
            var error = AssertNames<JournalFormatException>(path, action);
            Assert.Contains(says, error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(bytes, File.ReadAllBytes(path));
    }

    [Fact]
    public void A_renamed_segment_is_refused()
    {
        Writer().Dispose();
        var path = SegmentName.Of(_place.Journal, 7);
        File.Move(SegmentName.Of(_place.Journal, 1), path);
        AssertNames<JournalFormatException>(path, () => JournalReader.Open(_place.Journal));
    }

    [Fact]
    public void A_segment_that_cannot_be_opened_is_named()
    {
        Writer().Dispose();
        var path = SegmentName.Of(_place.Journal, 1);
        File.Delete(path);
        File.CreateSymbolicLink(path, Path.Join(_place.Path, "nowhere"));
        AssertNames<JournalException>(path, () => JournalReader.Open(_place.Journal));
        AssertNames<JournalException>(path, () => Writer());
    }

    [Fact]
    public void A_headers_copy_inside_the_output_is_output()
    {
        var path = SegmentName.Of(_place.Journal, 1);
        using (var first = Writer())
        {
            first.Append(OutputStream.Stdout, 1, 1, 1, "first\n"u8);
        }

        var copy = File.ReadAllBytes(path);
        using (var second = Writer())
        {
            second.Append(OutputStream.Stdout, 1, 1, 2, copy);
            second.Append(OutputStream.Stdout, 1, 1, 3, "\nlast\n"u8);
        }

        // Without the header before it, the search for the next good one must not stop at the copy.
        var bytes = File.ReadAllBytes(path);
        bytes[copy.Length] ^= 1;
        File.WriteAllBytes(path, bytes);
        var seen = Seen.All(_place.Journal, JournalDirectory.FindEnd(_place.Journal));
        Assert.Equal([EntryKind.Line, EntryKind.Gap, EntryKind.Line], seen.Take(2).Append(seen[^1]).Select(s => s.Entry.Kind));
        Assert.Equal(Convert.ToHexString("last"u8), seen[^1].Entry.Data);
    }

    [Fact]
    public void Deleted_segments_are_a_gap_to_a_reader_that_comes_to_them()
    {
        using var writer = JournalWriter.Open(_place.Journal, new JournalOptions { SegmentBytes = 200 }, _scratch);
        using var reader = JournalReader.Open(_place.Journal);
        for (var i = 0; i < 20; i++)
        {
            writer.Append(OutputStream.Stdout, 1, 1, 1, "some line of output\n"u8);
        }

        var segments = JournalDirectory.Segments(_place.Journal);
        Assert.True(segments.Count > 4);
        Assert.True(reader.TryRead(writer.End, out _));
        File.Delete(segments[1].Path);
        File.Delete(segments[2].Path);
        var seen = Seen.Rest(reader, writer.End);
        var gap = Assert.Single(seen, s => s.Entry.Kind == EntryKind.Gap).Entry;
        Assert.Equal(GapReason.Rotated, gap.Gap);
        Assert.Equal(segments[3].FirstLine, gap.Line);
        Assert.Equal(20, seen[^1].Entry.Line);

        File.Delete(segments[0].Path);
        using var late = JournalReader.Open(_place.Journal);
        Assert.Equal(segments[3].FirstLine, late.Seek(2, writer.End));
        Assert.Equal(segments[3].FirstLine, late.NextLine);
    }

    private JournalWriter Writer() => JournalWriter.Open(_place.Journal, new JournalOptions(), _scratch);

    private static T AssertNames<T>(string path, Action action)
        where T : JournalException
    {
        var error = Assert.ThrowsAny<T>(action);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Equal(path, error.Path);
        return error;
    }
}
