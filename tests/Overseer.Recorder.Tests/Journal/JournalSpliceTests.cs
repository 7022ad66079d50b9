using Overseer.Recorder.Journal;

namespace Overseer.Recorder.Tests.Journal;

public sealed class JournalSpliceTests : IDisposable
{
    private readonly TempDirectory _place = new();
    private readonly JournalBuffer _scratch = new();

    public void Dispose()
    {
        _scratch.Dispose();
        _place.Dispose();
    }

    [Fact]
    public void Splicing_in_any_portions_records_what_appending_does() => Scripts.Check((script, seed) =>
    {
        using var place = new TempDirectory();
        using var pipe = new Pipe();
        var random = new Random(seed);
        JournalEnd end;
        using (var writer = JournalWriter.Open(place.Journal, script.Options, _scratch))
        {
            for (var i = 0; i < script.Steps.Length; i++)
            {
                var step = script.Steps[i];
                if (step.Kind is not (StepKind.Output or StepKind.Reopen))
                {
                    Script.Write(writer, step, Script.TimeOf(i));
                    continue;
                }

                pipe.Write(step.Data);
                SpliceResult result;
                do
                {
                    result = writer.Splice(pipe.ReadEnd, step.Stream, 100 + step.Run, step.Run, i, random.Next(1, 40));
                }
                while (result.Outcome == SpliceOutcome.Moved);
                Assert.Equal(SpliceOutcome.Empty, result.Outcome);
            }

            end = writer.End;
            Assert.Equal(Model.Of(script), Seen.All(place.Journal, end).Select(s => s.Entry));
        }

        Assert.Equal(end, JournalDirectory.FindEnd(place.Journal));
        return true;
    }, tests: 200);

    [Fact]
    public void A_writer_that_dies_between_splice_and_done_leaves_a_tail_that_its_successor_finishes()
    {
        using var pipe = new Pipe();
        using (var writer = JournalWriter.Open(_place.Journal, new JournalOptions(), _scratch))
        {
            writer.Append(OutputStream.Stderr, 7, 1, 1, "beginning of stderr"u8);
            pipe.Write("one\ntwo\nthr"u8);
            Assert.Equal(11, writer.Splice(pipe.ReadEnd, OutputStream.Stdout, 7, 1, 2).Bytes);
            pipe.Write("ee\nfour"u8);
            Assert.Equal(7, writer.Splice(pipe.ReadEnd, OutputStream.Stdout, 7, 1, 3).Bytes);
        }

        // The header of the last chunk as it was before its data came.
        var end = JournalDirectory.FindEnd(_place.Journal);
        var path = SegmentName.Of(_place.Journal, 1);
        var bytes = File.ReadAllBytes(path);
        using (var segment = SegmentFile.OpenToRead(_place.Journal, 1))
        {
            var place = bytes.Length - 7 - ChunkHeader.Size;
            Assert.True(segment.TryReadHeader(place, out var header));
            header.Done = false;
            header.Length = 0;
            header.Lines = 0;
            header.DataCrc = 0;
            header.Write(bytes.AsSpan(place), segment.Seed, place);
        }

        File.WriteAllBytes(path, bytes);
        Assert.Equal(3, JournalDirectory.FindEnd(_place.Journal).NextLine);
        using var successor = JournalWriter.Open(_place.Journal, new JournalOptions(), _scratch);
        Assert.Equal(end, successor.End);
        successor.AppendExited(new ExitRecord(Guid.Empty, 7, 1, 0, 0, 0, 0, 0), 4);
        string[] lines = [.. Seen.All(_place.Journal, successor.End).Where(s => s.Entry.Kind == EntryKind.Line)
            .Select(s => System.Text.Encoding.UTF8.GetString(Convert.FromHexString(s.Entry.Data)))];
        Assert.Equal(["one", "two", "three", "four", "beginning of stderr"], lines);
    }

    [Fact]
    public void The_end_of_the_stream_and_an_empty_pipe_are_told_apart_and_leave_no_trace()
    {
        using var pipe = new Pipe();
        using (var writer = JournalWriter.Open(_place.Journal, new JournalOptions(), _scratch))
        {
            Assert.Equal(SpliceOutcome.Empty, writer.Splice(pipe.ReadEnd, OutputStream.Stdout, 1, 1, 1).Outcome);
            Assert.Equal(SpliceOutcome.Empty, writer.Splice(pipe.ReadEnd, OutputStream.Stderr, 1, 1, 1).Outcome);
            Assert.Equal(new JournalEnd(1, SegmentHeader.Size, 1), JournalDirectory.FindEnd(_place.Journal));
            pipe.CloseWriteEnd();
            Assert.Equal(SpliceOutcome.EndOfStream, writer.Splice(pipe.ReadEnd, OutputStream.Stdout, 1, 1, 1).Outcome);
        }

        Assert.Equal(SegmentHeader.Size, new FileInfo(SegmentName.Of(_place.Journal, 1)).Length);
    }

    [Fact]
    public void What_is_no_pipe_is_refused_with_the_file_named()
    {
        using var writer = JournalWriter.Open(_place.Journal, new JournalOptions(), _scratch);
        var error = Assert.Throws<JournalException>(() => writer.Splice(9999, OutputStream.Stdout, 1, 1, 1));
        Assert.Contains(SegmentName.Of(_place.Journal, 1), error.Message, StringComparison.Ordinal);
        writer.Append(OutputStream.Stdout, 1, 1, 1, "still\n"u8);
        Assert.Single(Seen.All(_place.Journal, writer.End));
    }

    [Fact]
    public void A_chunk_costs_no_managed_allocation()
    {
        using var pipe = new Pipe();
        using var writer = JournalWriter.Open(_place.Journal, new JournalOptions(), _scratch);
        var data = Enumerable.Range(0, 3000).Select(i => (byte)(i % 80 == 0 ? '\n' : 'x')).ToArray();
        long allocated = 0;
        for (var i = 0; i < 2000; i++)
        {
            pipe.Write(data);
            var before = GC.GetAllocatedBytesForCurrentThread();
            writer.Splice(pipe.ReadEnd, i % 2 == 0 ? OutputStream.Stdout : OutputStream.Stderr, 1, 1, i);
            writer.Splice(pipe.ReadEnd, OutputStream.Stdout, 1, 1, i);
            allocated += i > 100 ? GC.GetAllocatedBytesForCurrentThread() - before : 0;
        }

        Assert.Equal(0, allocated);
    }

    [Fact]
    public void Headers_never_cross_a_page()
    {
        using var writer = JournalWriter.Open(_place.Journal, new JournalOptions(), _scratch);
        var expected = 0;
        for (var length = 1; length < 400; length++)
        {
            var data = new byte[length];
            data[^1] = (byte)'\n';
            writer.Append(OutputStream.Stdout, 1, 1, 1, data);
            expected++;
            var header = writer.End.Offset - length - ChunkHeader.Size;
            Assert.Equal(header / 4096, (header + ChunkHeader.Size - 1) / 4096);
        }

        Assert.Equal(expected, Seen.All(_place.Journal, writer.End).Count);
        Assert.Equal(writer.End, JournalDirectory.FindEnd(_place.Journal));
    }
}
