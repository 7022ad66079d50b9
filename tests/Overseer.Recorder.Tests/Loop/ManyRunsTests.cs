using System.Diagnostics;
using Overseer.Recorder.Tests.Wire;

namespace Overseer.Recorder.Tests.Loop;

public sealed class ManyRunsTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Two_thousand_runs_with_64_in_flight_all_end_and_all_are_reported_in_order(bool ownProcess)
    {
        const int runs = 2000;
        using var recorder = RecorderUnderTest.Start(ownProcess);
        using var slots = new SemaphoreSlim(64);
        recorder.Run(RecorderUnderTest.Request("/bin/true"));
        recorder.Events.Forget();
        recorder.Events.OnExit = () => slots.Release();
        long began = Stopwatch.GetTimestamp();
        var ids = new List<Guid>();
        for (int i = 0; i < runs; i++)
        {
            Assert.True(slots.Wait(RecordedEvents.Deadline));
            var request = RecorderUnderTest.Request("/bin/true");
            ids.Add(request.RunId);
            recorder.Link.Spawn(request).Dispose();
        }
        recorder.Events.WaitForExit(ids[^1]);
        recorder.Events.WaitForCount<RecordedEvents.Exited>(runs);
        var took = Stopwatch.GetElapsedTime(began);
        output.WriteLine($"{runs / took.TotalSeconds:0} runs/s");

        var order = recorder.Events.All.Select((e, i) => (Event: e, Index: i)).ToList();
        var started = order.Where(e => e.Event is RecordedEvents.Started).ToDictionary(e => ((RecordedEvents.Started)e.Event).RunId, e => e.Index);
        var exited = order.Where(e => e.Event is RecordedEvents.Exited).ToDictionary(e => ((RecordedEvents.Exited)e.Event).Exit.RunId, e => e.Index);
        Assert.Equal(runs, started.Count);
        Assert.Equal(runs, exited.Count);
        Assert.All(ids, id => Assert.True(started[id] < exited[id]));
        Assert.All(recorder.Events.All.OfType<RecordedEvents.Exited>(), e => Assert.Equal(0, e.Exit.ExitCode));
        foreach (var id in ids)
            recorder.Link.Stored(id);
    }
}
