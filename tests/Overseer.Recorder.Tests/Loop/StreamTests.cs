using System.Diagnostics;
using Overseer.Recorder.Journal;
using Overseer.Recorder.Tests.Wire;
using Libc = Overseer.Recorder.Interop.Interop;

namespace Overseer.Recorder.Tests.Loop;

public sealed class StreamTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Both_streams_are_recorded_to_the_last_byte(bool ownProcess)
    {
        using var recorder = RecorderUnderTest.Start(ownProcess);
        var request = RecorderUnderTest.Shell("seq 1 300000; seq 1 100000 >&2; printf 'no end'");
        recorder.Run(request);
        Assert.Equal([.. Enumerable.Range(1, 300_000).Select(i => $"{i}"), "no end"], recorder.Lines(request));
        Assert.Equal(Enumerable.Range(1, 100_000).Select(i => $"{i}"), recorder.Lines(request, OutputStream.Stderr));
    }

    [Fact]
    public void A_closed_stdout_is_reported_while_the_program_lives()
    {
        using var recorder = RecorderUnderTest.InProcess();
        string fifo = recorder.Fifo();
        var request = RecorderUnderTest.Shell($"printf 'unfinished'; exec >&-; read x < {fifo}; exit 3");
        using var handles = recorder.Link.Spawn(request);
        recorder.Events.Wait<RecordedEvents.Closed>(c => c.RunId == request.RunId && c.Stream == OutputStream.Stdout);
        recorder.Events.WaitForLines(request.JournalId, 1);
        Assert.Equal(["started", "1 Stdout unfinished"], recorder.Entries(request));
        Assert.False(recorder.Events.HasExited(request.RunId));
        File.WriteAllText(fifo, "go\n");
        Assert.Equal(3, recorder.Events.WaitForExit(request.RunId).ExitCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_grandchild_that_holds_the_pipe_delays_no_exit_and_loses_nothing(bool ownProcess)
    {
        using var recorder = RecorderUnderTest.Start(ownProcess);
        string fifo = recorder.Fifo();
        var request = RecorderUnderTest.Shell($"(read x < {fifo}; echo late; printf unfinished) & echo early; printf part; exit 4");
        using var handles = recorder.Link.Spawn(request);
        Assert.Equal(4, recorder.Events.WaitForExit(request.RunId).ExitCode);
        Assert.Equal(["started", "1 Stdout early", "2 Stdout part", "exited 4"], recorder.Entries(request));

        File.WriteAllText(fifo, "go\n");
        recorder.Events.WaitForBothStreams(request.RunId);
        recorder.Events.WaitForLines(request.JournalId, 4);
        Assert.Equal(["started", "1 Stdout early", "2 Stdout part", "exited 4", "3 Stdout late", "4 Stdout unfinished"], recorder.Entries(request));
    }

    [Fact]
    public void A_descendant_that_prints_for_ever_delays_no_exit()
    {
        using var recorder = RecorderUnderTest.InProcess();
        var request = RecorderUnderTest.Shell("yes & echo $!; exit 0");
        using var handles = recorder.Link.Spawn(request);
        recorder.Events.WaitForExit(request.RunId);
        int yes = int.Parse(recorder.Lines(request).First(l => l != "y"));
        _ = Libc.Kill(yes, Libc.SIGKILL);
        recorder.Events.WaitForBothStreams(request.RunId);
    }

    [Fact]
    public void A_flood_does_not_keep_others_waiting()
    {
        using var recorder = RecorderUnderTest.InProcess();
        var flood = RecorderUnderTest.Request("/usr/bin/yes", new string('x', 200));
        using var flooding = recorder.Link.Spawn(flood);
        recorder.Events.WaitForLines(flood.JournalId, 1000);
        long began = Stopwatch.GetTimestamp();
        for (int i = 0; i < 20; i++)
        {
            var request = RecorderUnderTest.Request("/bin/echo", "here");
            recorder.Run(request);
            Assert.Equal(["here"], recorder.Lines(request));
        }
        Assert.True(Stopwatch.GetElapsedTime(began) < RecordedEvents.Deadline);
        _ = Libc.Kill(recorder.Events.Wait<RecordedEvents.Started>(s => s.RunId == flood.RunId).Pid, Libc.SIGKILL);
        Assert.Equal(9, recorder.Events.WaitForExit(flood.RunId).Signal);
    }

    [Fact]
    public void A_second_run_continues_the_journal()
    {
        using var recorder = RecorderUnderTest.InProcess();
        var first = RecorderUnderTest.Shell("echo one; exit 1");
        recorder.Run(first);
        recorder.Link.CloseJournal(first.JournalId);
        var second = RecorderUnderTest.Shell("echo two") with { JournalId = first.JournalId, Run = 2 };
        recorder.Run(second);
        Assert.Equal(["started", "1 Stdout one", "exited 1", "started", "2 Stdout two", "exited 0"], recorder.Entries(second));
    }

    [Fact]
    public void The_announced_place_of_the_exit_is_where_its_record_begins()
    {
        using var recorder = RecorderUnderTest.InProcess();
        var request = RecorderUnderTest.Shell("seq 1 1000; sleep 0.1; printf tail");
        recorder.Run(request);
        var exited = recorder.Events.Wait<RecordedEvents.Exited>(e => e.Exit.RunId == request.RunId);
        Assert.True(new JournalPosition(exited.End.Segment, exited.End.Offset, 0) > exited.Chunk);
        Assert.Equal(1002, exited.End.NextLine);
        using var reader = JournalReader.Open(Path.Combine(recorder.Places.JournalRoot, request.JournalId.ToString("N")));
        long before = 0;
        while (reader.TryRead(exited.End, out var entry))
        {
            if (entry.Kind == EntryKind.Line && reader.Position <= exited.Chunk)
                before = entry.Line;
        }
        Assert.InRange(before, 1000, 1001);
    }
}
