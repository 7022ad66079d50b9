using Overseer.Recorder.Interop;
using Overseer.Recorder.Spawning;
using Overseer.Recorder.Takeover;
using Overseer.Recorder.Tests.Wire;
using Overseer.Recorder.Wire;
using Libc = Overseer.Recorder.Interop.Interop;

namespace Overseer.Recorder.Tests.Takeover;

public sealed unsafe class ManyRopesTests
{
    [Fact]
    public void Fifteen_hundred_runs_are_reported_to_a_new_server_with_all_their_ropes()
    {
        const int count = 1500;
        using var recorder = RecorderUnderTest.OwnProcess();
        var requests = new List<SpawnRequest>();
        for (int i = 0; i < count; i++)
        {
            requests.Add(RecorderUnderTest.Request("/bin/sleep", "1000"));
            recorder.Link.Spawn(requests[i]).Dispose();
        }
        recorder.Events.WaitForCount<RecordedEvents.Started>(count);
        recorder.Link.Dispose();

        var ropes = new Dictionary<Guid, RunStart>();
        var events = new RecordedEvents { OnStart = start => ropes.Add(start.RunId, start) };
        using var link = RecorderLink.Connect(recorder.Places.SocketPath, events, 2);
        events.Wait<RecordedEvents.Done>(static _ => true);
        Assert.Equal(requests.Select(r => r.RunId), ropes.Keys);
        foreach (var start in ropes.Values)
        {
            var inodes = PipeInodes.Of(start.StandardOutput, start.StandardError);
            Assert.True(PipeFinder.Holds(start.Pid, inodes.StandardOutput) && PipeFinder.Holds(start.Pid, inodes.StandardError));
            Assert.Equal(0, Libc.PidfdSendSignal(start.PidFd, Libc.SIGKILL));
            start.Dispose();
        }
    }

    [Fact]
    public void A_server_with_too_few_descriptors_is_disconnected_and_may_come_again()
    {
        using var recorder = RecorderUnderTest.OwnProcess();
        for (int i = 0; i < 100; i++)
            recorder.Link.Spawn(RecorderUnderTest.Request("/bin/sleep", "1000")).Dispose();
        recorder.Events.WaitForCount<RecordedEvents.Started>(100);
        recorder.Link.Dispose();
        using (var server = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(Environment.ProcessPath!, [KeeperProcess.Verb, "starved", recorder.Places.SocketPath]) { RedirectStandardOutput = true, UseShellExecute = false })!)
        {
            Assert.Contains("too few free", server.StandardOutput.ReadToEnd(), StringComparison.Ordinal);
            server.WaitForExit();
        }
        var events = new RecordedEvents();
        using var link = RecorderLink.Connect(recorder.Places.SocketPath, events, 3);
        events.Wait<RecordedEvents.Done>(static _ => true);
        Assert.Equal(100, events.Count<RecordedEvents.Started>());
    }
}
