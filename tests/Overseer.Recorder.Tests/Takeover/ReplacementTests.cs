using Overseer.Recorder.Takeover;
using Overseer.Recorder.Tests.Wire;
using Overseer.Recorder.Wire;
using Libc = Overseer.Recorder.Interop.Interop;

namespace Overseer.Recorder.Tests.Takeover;

/// <summary>A recorder of another version hands its runs over, and ends.</summary>
public sealed class ReplacementTests
{
    [Fact]
    public void A_recorder_of_another_version_is_replaced_and_its_runs_go_on()
    {
        using var kept = new KeptRecorder();
        var keeper = kept.Keeper;
        string go = Path.Combine(kept.Root, "go");
        var ended = keeper.Spawn(RecorderUnderTest.Shell("echo ended; exit 5"), 0, 5);
        var running = keeper.Spawn(RecorderUnderTest.Shell($"printf 'be'; while [ ! -e {go} ]; do sleep 0.01; done; echo fore; echo err >&2; exit 6"), 0, 6);
        keeper.WaitForStarts();
        keeper.WaitUntil(ended, static r => r.Over);
        keeper.Kill();
        // The same runs with one of another version: it has them from the server, as any recorder has.
        using var other = StartOther(keeper.Places);
        AdoptByOther(keeper, ended, running);

        var connection = keeper.Connect();
        Assert.True(connection.Launched);
        Assert.Equal(0, ExitCodeOf(other));
        Assert.Equal([ended.Request.RunId, running.Request.RunId], connection.TakenOver.Select(r => r.RunId));
        Assert.Equal(5, connection.TakenOver[0].Exit?.ExitCode);
        Assert.NotNull(connection.TakenOver[1].StandardOutput);
        foreach (var run in connection.TakenOver)
            run.Dispose();
        File.WriteAllText(go, "");
        keeper.Ping();
        Assert.True(SpinWait.SpinUntil(() => AdoptTests.IsOver(running.Start!.Pid), RecordedEvents.Deadline));
        keeper.Link.Reaped(running.Request.RunId, new ExitStatus(6, 0));
        keeper.WaitForEnds();
        keeper.StopRecorder();
        Assert.Equal(["started", "ended", "exited 5 0"], AdoptTests.Entries(keeper.JournalOf(ended)));
        Assert.Equal(["started", "before", "err", "exited 6 0"], AdoptTests.Entries(keeper.JournalOf(running)));
    }

    [Fact]
    public void What_descendants_of_an_ended_run_print_is_recorded_by_the_next_recorder_too()
    {
        using var kept = new KeptRecorder();
        var keeper = kept.Keeper;
        keeper.Kill();
        string go = Path.Combine(kept.Root, "go");
        using var other = StartOther(keeper.Places);
        var request = RecorderUnderTest.Shell($"(while [ ! -e {go} ]; do sleep 0.01; done; echo late) & exit 2");
        var events = new RecordedEvents();
        using (var link = RecorderLink.ConnectAs(99, keeper.Places.SocketPath, events, 1))
        {
            link.Spawn(request).Dispose();
            Assert.Equal(2, events.WaitForExit(request.RunId).ExitCode);
            link.Stored(request.RunId);
        }
        var next = new RecordedEvents();
        var connection = RecorderLauncher.ConnectOrLaunch(keeper.Places, Environment.ProcessPath!, [], next, 2, RecordedEvents.Deadline);
        using var replaced = connection.Link;
        Assert.True(connection.Launched);
        foreach (var run in connection.TakenOver)
            run.Dispose();
        Assert.Equal(2, next.WaitForExit(request.RunId).ExitCode);
        File.WriteAllText(go, "");
        next.WaitForBothStreams(request.RunId);
        replaced.Stored(request.RunId);
        Assert.Equal(["started", "exited 2 0", "late"], AdoptTests.Entries(Path.Combine(keeper.Places.JournalRoot, request.JournalId.ToString("N"))));
        replaced.Shutdown();
        next.Wait<RecordedEvents.Gone>(static _ => true);
    }

    [Fact]
    public void A_recorder_whose_taker_goes_away_before_it_has_all_stays()
    {
        using var kept = new KeptRecorder();
        var keeper = kept.Keeper;
        keeper.Kill();
        using var other = StartOther(keeper.Places);
        // Says hello and goes; then a server of a lower epoch is refused, and told by how much.
        var failed = Assert.Throws<RecorderUnavailableException>(() => RecorderLink.Connect(keeper.Places.SocketPath, new RecordedEvents(), 7));
        Assert.True(failed.IsOtherVersion);
        Assert.False(ExitInfo.TryGet(other, out _));
        keeper.Connect();
        Assert.Equal(0, ExitCodeOf(other));
        var older = Assert.Throws<RecorderUnavailableException>(() => RecorderLink.Connect(keeper.Places.SocketPath, new RecordedEvents(), 0));
        Assert.Equal(2, older.NewestEpoch);
    }

    [Fact]
    public async Task Without_leave_to_start_one_a_recorder_is_waited_for()
    {
        using var kept = new KeptRecorder();
        var keeper = kept.Keeper;
        keeper.Kill();
        var started = Task.Run(() => RecorderUnderTest.Launch(keeper.Places), TestContext.Current.CancellationToken);
        Assert.False(keeper.Connect(launch: false).Launched);
        Assert.Throws<RecorderUnavailableException>(() => RecorderLauncher.ConnectOrLaunch(
            keeper.Places with { SocketPath = keeper.Places.SocketPath + "none" }, "/none", [], new RecordedEvents(), 1, TimeSpan.FromMilliseconds(300), launch: false));
        Assert.Equal(keeper.Link.RecorderPid, await started);
    }

    private static PidHandle StartOther(RecorderPlaces places) => new(Libc.PidfdOpen(RecorderUnderTest.Launch(places, 99)));

    private static int ExitCodeOf(PidHandle process)
    {
        Assert.True(SpinWait.SpinUntil(() => ExitInfo.TryGet(process, out _), RecordedEvents.Deadline));
        Assert.True(ExitInfo.TryGet(process, out var status));
        return status.ExitCode;
    }

    private static void AdoptByOther(Keeper keeper, params KeptRun[] runs)
    {
        using var link = RecorderLink.ConnectAs(99, keeper.Places.SocketPath, new RecordedEvents(), 1);
        foreach (var run in runs)
            link.Adopt(run.Handover());
    }
}
