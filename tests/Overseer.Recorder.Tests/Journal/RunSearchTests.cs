using Overseer.Recorder.Journal;

namespace Overseer.Recorder.Tests.Journal;

public sealed class RunSearchTests
{
    [Fact]
    public void Start_exit_and_loss_of_each_run_are_found_over_many_segments()
    {
        using var place = new TempDirectory();
        using var scratch = new JournalBuffer();
        using var writer = JournalWriter.Open(place.Journal, new JournalOptions { SegmentBytes = 4096 }, scratch);
        var runs = Enumerable.Range(1, 4).Select(_ => Guid.NewGuid()).ToArray();
        var exits = new List<JournalPosition>();
        for (int run = 1; run <= 3; run++)
        {
            writer.AppendStarted(runs[run - 1], run, run, 1, run);
            for (int i = 0; i < 500; i++)
                writer.Append(OutputStream.Stdout, run, run, 1, "some text\n"u8);
            if (run < 3)
                exits.Add(writer.AppendExited(new ExitRecord(runs[run - 1], run, run, run, 0, 1, 2, 3), 100 + run));
        }

        var first = RunSearch.Find(place.Journal, writer.End, runs[0], 1);
        Assert.Equal((1, exits[0], 101L), (first.Exit!.ExitCode, first.ExitChunk, first.ExitedNs));
        Assert.Equal(exits[0].Segment, first.ExitEnd.Segment);
        Assert.Equal(exits[0].Offset + ChunkHeader.Size + ChunkPayload.ExitedSize, first.ExitEnd.Offset);
        Assert.Equal(2, RunSearch.Find(place.Journal, writer.End, runs[1], 2).Exit!.ExitCode);
        Assert.Equal((true, null, false), Said(RunSearch.Find(place.Journal, writer.End, runs[2], 3)));
        Assert.Equal((false, null, false), Said(RunSearch.Find(place.Journal, writer.End, runs[3], 4)));
        // The same ordinal of another run is not meant.
        Assert.Equal((false, null, false), Said(RunSearch.Find(place.Journal, writer.End, runs[3], 2)));

        writer.AppendGap(GapReason.RecorderLost, 0, OutputStream.None, 3, 3, 1);
        Assert.Equal((true, null, true), Said(RunSearch.Find(place.Journal, writer.End, runs[2], 3)));
        writer.Append(OutputStream.Stdout, 3, 3, 1, "more\n"u8);
        Assert.Equal((true, null, false), Said(RunSearch.Find(place.Journal, writer.End, runs[2], 3)));
    }

    private static (bool Started, ExitRecord? Exit, bool LossNoted) Said(RunTrace trace) => (trace.Started, trace.Exit, trace.LossNoted);
}
