using Overseer.Recorder.Journal;

namespace Overseer.Recorder.Tests.Journal;

public sealed class JournalFullDiskTests : IDisposable
{
    private readonly JournalBuffer _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_full_disk_stops_splicing_exactly_and_the_rest_arrives_when_there_is_room()
    {
        using var disk = new SmallDisk(1024);
        using var pipe = new Pipe();
        var ballast = Path.Join(disk.Path, "ballast");
        File.WriteAllBytes(ballast, new byte[512 << 10]);

        using var writer = JournalWriter.Open(disk.Journal, new JournalOptions { IndexIntervalBytes = 4096 }, _scratch);
        var written = new List<string>();
        var full = false;
        for (var i = 0; !full; i++)
        {
            var line = $"line {i} {new string('x', 900)}";
            written.Add(line);
            pipe.Write(System.Text.Encoding.UTF8.GetBytes(line + "\n"));
            full = i % 16 == 0 && Drain(writer, pipe) == SpliceOutcome.NoSpace;
        }

        Assert.Equal(SpliceOutcome.NoSpace, writer.Splice(pipe.ReadEnd, OutputStream.Stdout, 1, 1, 1).Outcome);
        var stopped = writer.End;
        Assert.True(Seen.All(disk.Journal, stopped).Count is var count && count > 100 && count < written.Count);
        Assert.Throws<JournalFullException>(() => writer.Append(OutputStream.Stderr, 1, 1, 1, new byte[100_000]));
        Assert.Equal(stopped, writer.End);

        // What was kept back for it: an exit and a gap can still be written.
        writer.AppendGap(GapReason.DiskFull, 10, OutputStream.Stdout, 1, 1, 2);
        writer.AppendStarted(Guid.Empty, 2, 2, 5, 2);
        writer.AppendExited(new ExitRecord(Guid.Empty, 2, 2, 0, 0, 0, 0, 0), 2);

        File.Delete(ballast);
        Assert.Equal(SpliceOutcome.Empty, Drain(writer, pipe));
        var lines = Seen.All(disk.Journal, writer.End).Where(s => s.Entry.Kind == EntryKind.Line).ToList();
        Assert.Equal(written, lines.Select(s => System.Text.Encoding.UTF8.GetString(Convert.FromHexString(s.Entry.Data))));
        Assert.Equal(writer.End, JournalDirectory.FindEnd(disk.Journal));
    }

    [Fact]
    public void A_segment_that_cannot_be_rolled_goes_on()
    {
        using var disk = new SmallDisk(400);
        var ballast = Path.Join(disk.Path, "ballast");
        using var writer = JournalWriter.Open(disk.Journal, new JournalOptions { SegmentBytes = 1000 }, _scratch);
        writer.Append(OutputStream.Stdout, 1, 1, 1, "begin"u8);
        writer.Append(OutputStream.Stderr, 1, 1, 1, "a line\n"u8);
        writer.Append(OutputStream.Stderr, 1, 1, 1, new byte[2000]);
        Assert.Throws<IOException>(() => Fill(ballast));

        writer.AppendExited(new ExitRecord(Guid.Empty, 2, 2, 0, 0, 0, 0, 0), 2);
        Assert.Equal(1, writer.End.Segment);
        Assert.Empty(Directory.GetFiles(disk.Journal, "*.new"));

        File.Delete(ballast);
        writer.Append(OutputStream.Stdout, 1, 1, 1, " end\n"u8);
        Assert.Equal(2, writer.End.Segment);
        var seen = Seen.All(disk.Journal, writer.End);
        Assert.Equal(Convert.ToHexString("begin end"u8), seen[^1].Entry.Data);
    }

    [Fact]
    public void Nothing_stays_reserved_when_the_journal_is_closed()
    {
        using var disk = new SmallDisk(1024);
        var before = new DriveInfo(disk.Path).AvailableFreeSpace;
        using (var writer = JournalWriter.Open(disk.Journal, new JournalOptions(), _scratch))
        {
            writer.Append(OutputStream.Stdout, 1, 1, 1, "a\n"u8);
            Assert.True(before - new DriveInfo(disk.Path).AvailableFreeSpace >= SpaceReserve.Floor);
        }

        Assert.True(before - new DriveInfo(disk.Path).AvailableFreeSpace <= 16384);
    }

    private static SpliceOutcome Drain(JournalWriter writer, Pipe pipe)
    {
        SpliceResult result;
        do
        {
            result = writer.Splice(pipe.ReadEnd, OutputStream.Stdout, 1, 1, 1);
        }
        while (result.Outcome == SpliceOutcome.Moved);
        return result.Outcome;
    }

    private static void Fill(string path)
    {
        using var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
        for (long offset = 0; ; offset += 1024)
        {
            RandomAccess.Write(file, new byte[1024], offset);
        }
    }
}
