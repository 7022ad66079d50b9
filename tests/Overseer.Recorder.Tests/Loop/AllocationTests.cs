using Overseer.Recorder.Journal;
using Overseer.Recorder.Loop;
using Libc = Overseer.Recorder.Interop.Interop;

namespace Overseer.Recorder.Tests.Loop;

public sealed unsafe class AllocationTests
{
    [Fact]
    public void The_way_of_a_line_allocates_nothing()
    {
        // Past the first entry of the index, whose file is opened then.
        const int warm = 3000;
        const int lines = 5000;
        string root = Directory.CreateTempSubdirectory("ovr-").FullName;
        int* ends = stackalloc int[2];
        Assert.Equal(0, Libc.Pipe(ends, Libc.O_CLOEXEC | Libc.O_NONBLOCK));
        using (var state = new RecorderState(new RecorderOptions { JournalRoot = root, OwnProcess = false, ChildSoftNoFile = 1024 }))
        {
            var pipe = new OutputPipe(state.Streams, ends[0], OutputStream.Stdout);
            var journal = state.Journals.Use(Guid.NewGuid(), new JournalOptions());
            pipe.Run = new Run { Id = Guid.NewGuid(), Ordinal = 1, Journal = journal, Sequence = 1, Pid = 1, ProcessStartTime = 1, StartedNs = 1, Stdout = pipe };
            Assert.Equal(0, state.Poller.Add(pipe, Overseer.Recorder.Interop.EpollEvent.In));
            Lines(state, ends[1], warm);
            long before = GC.GetAllocatedBytesForCurrentThread();
            Lines(state, ends[1], lines);
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
            Assert.Equal(warm + lines + 1, journal.End.NextLine);
        }
        _ = Libc.Close(ends[0]);
        _ = Libc.Close(ends[1]);
        Directory.Delete(root, recursive: true);
    }

    private static void Lines(RecorderState state, int into, int count)
    {
        for (int i = 0; i < count; i++)
        {
            fixed (byte* line = "a line of text\n"u8)
                _ = Libc.Write(into, line, 15);
            int events = state.Poller.Wait(1000);
            state.Pass.Begin(Libc.ClockGetTime(Libc.CLOCK_REALTIME), Libc.ClockGetTime(Libc.CLOCK_MONOTONIC));
            state.Poller.Dispatch(events);
            state.Pass.End();
        }
    }
}
