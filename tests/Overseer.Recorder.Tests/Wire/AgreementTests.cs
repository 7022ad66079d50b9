using Overseer.Recorder.Journal;
using Overseer.Recorder.Spawning;
using Overseer.Recorder.Wire;
using Libc = Overseer.Recorder.Interop.Interop;

namespace Overseer.Recorder.Tests.Wire;

/// <summary>Server and recorder agree on what was started and what became of it, whoever goes and comes.</summary>
public sealed class AgreementTests
{
    [Fact]
    public void A_run_is_started_once_however_often_it_is_asked_for()
    {
        using var recorder = RecorderUnderTest.InProcess();
        var request = RecorderUnderTest.Shell("echo once");
        using var first = recorder.Link.Spawn(request);
        using var second = recorder.Link.Spawn(request);
        recorder.Events.WaitForCount<RecordedEvents.Started>(2);
        recorder.Run(request);
        Assert.Equal(["once"], recorder.Lines(request));
        Assert.Single(recorder.Events.All.OfType<RecordedEvents.Started>().Select(s => s.Pid).Distinct());
    }

    [Fact]
    public void A_new_server_hears_of_all_runs_that_are_not_stored()
    {
        using var recorder = RecorderUnderTest.OwnProcess();
        string fifo = recorder.Fifo();
        var stored = RecorderUnderTest.Shell("echo stored; exit 1");
        var ended = RecorderUnderTest.Shell("echo ended; exit 2");
        var living = RecorderUnderTest.Shell($"echo before; read x < {fifo}; echo after; exit 3");
        recorder.Run(stored);
        recorder.Run(ended);
        using var handles = recorder.Link.Spawn(living);
        recorder.Events.WaitForLines(living.JournalId, 1);
        recorder.Link.Stored(stored.RunId);
        recorder.Link.Dispose();
        File.WriteAllText(fifo, "go\n");

        var events = new RecordedEvents();
        using var link = RecorderLink.Connect(recorder.Places.SocketPath, events, 2);
        events.Wait<RecordedEvents.Done>(static _ => true);
        Assert.DoesNotContain(stored.RunId, events.All.OfType<RecordedEvents.Started>().Select(s => s.RunId));
        Assert.Equal(2, events.WaitForExit(ended.RunId).ExitCode);
        Assert.False(events.Wait<RecordedEvents.Started>(s => s.RunId == ended.RunId).HasPidFd);
        Assert.Equal(3, events.WaitForExit(living.RunId).ExitCode);
        events.WaitForBothStreams(living.RunId);
        Assert.Equal(["before", "after"], recorder.Lines(living, events: events));
        Assert.Equal(["ended"], recorder.Lines(ended, events: events));
    }

    [Fact]
    public void A_stored_run_is_reported_with_its_ropes_for_as_long_as_a_descendant_prints()
    {
        using var recorder = RecorderUnderTest.OwnProcess();
        string fifo = recorder.Fifo();
        var request = RecorderUnderTest.Shell($"echo before; (read x < {fifo}; echo daemon) 2>&- & exit 4");
        using var handles = recorder.Link.Spawn(request);
        recorder.Events.WaitForExit(request.RunId);
        recorder.Events.Wait<RecordedEvents.Closed>(c => c.RunId == request.RunId && c.Stream == OutputStream.Stderr);
        recorder.Link.Stored(request.RunId);
        recorder.Link.Dispose();

        for (int epoch = 2; epoch < 4; epoch++)
        {
            var events = new RecordedEvents();
            var ropes = (Stdout: false, Stderr: false);
            events.OnStart = start =>
            {
                ropes = (start.StandardOutput is { IsInvalid: false }, start.StandardError is { IsInvalid: false });
                start.Dispose();
            };
            using var link = RecorderLink.Connect(recorder.Places.SocketPath, events, epoch);
            events.Wait<RecordedEvents.Done>(static _ => true);
            Assert.Equal((true, false), ropes);
            Assert.Equal(4, events.WaitForExit(request.RunId).ExitCode);
            Assert.Equal([OutputStream.Stderr], events.All.OfType<RecordedEvents.Closed>().Select(c => c.Stream));
            link.Stored(request.RunId);
            link.Stored(request.RunId);
            if (epoch == 3)
            {
                File.WriteAllText(fifo, "go\n");
                events.WaitForBothStreams(request.RunId);
                Assert.Equal(["before", "daemon"], recorder.Lines(request, events: events));
            }
        }

        var last = new RecordedEvents();
        using var later = RecorderLink.Connect(recorder.Places.SocketPath, last, 4);
        last.Wait<RecordedEvents.Done>(static _ => true);
        Assert.Equal(0, last.Count<RecordedEvents.Started>());
    }

    [Fact]
    public void A_descendant_that_prints_does_not_keep_the_recorder_from_its_end()
    {
        using var recorder = RecorderUnderTest.OwnProcess();
        string fifo = recorder.Fifo();
        var request = RecorderUnderTest.Shell($"(read x < {fifo}) & exit 0");
        using var handles = recorder.Link.Spawn(request);
        recorder.Events.WaitForExit(request.RunId);
        recorder.Link.Stored(request.RunId);
        recorder.Link.Shutdown();
        recorder.Events.Wait<RecordedEvents.Gone>(static _ => true);
        File.WriteAllText(fifo, "go\n");
    }

    [Fact]
    public void A_killed_server_loses_nothing()
    {
        using var recorder = RecorderUnderTest.OwnProcess();
        // The server that will be killed is this program in a third role, started by another recorder.
        using var host = RecorderUnderTest.InProcess();
        string counter = "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); echo $i; done; exit 6";
        var doomed = RecorderUnderTest.Request(Environment.ProcessPath!, DoomedServer.Verb, recorder.Places.SocketPath, counter) with
        {
            Environment = [.. Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().Select(e => new KeyValuePair<string, string>((string)e.Key, (string)e.Value!))],
        };
        using var handles = host.Link.Spawn(doomed);
        host.Events.WaitForLines(doomed.JournalId, 2);
        string[] ids = [.. host.Lines(doomed)];
        Libc.Kill(host.Events.Wait<RecordedEvents.Started>(s => s.RunId == doomed.RunId).Pid, Libc.SIGKILL);
        Assert.Equal(9, host.Events.WaitForExit(doomed.RunId).Signal);

        var events = new RecordedEvents();
        using var link = RecorderLink.Connect(recorder.Places.SocketPath, events, 3);
        var run = Guid.Parse(ids[0]);
        Assert.Equal(6, events.WaitForExit(run).ExitCode);
        events.WaitForBothStreams(run);
        var request = RecorderUnderTest.Request("/") with { JournalId = Guid.Parse(ids[1]) };
        Assert.Equal(Enumerable.Range(1, 200_000).Select(i => $"{i}"), recorder.Lines(request, events: events));
    }

    [Fact]
    public void An_older_server_is_refused_and_a_newer_one_takes_over()
    {
        using var recorder = RecorderUnderTest.OwnProcess();
        var refused = Assert.Throws<RecorderUnavailableException>(() => RecorderLink.Connect(recorder.Places.SocketPath, new RecordedEvents(), 0));
        Assert.Contains("newer server", refused.Message, StringComparison.Ordinal);
        var newer = new RecordedEvents();
        using var link = RecorderLink.Connect(recorder.Places.SocketPath, newer, 2);
        newer.Wait<RecordedEvents.Done>(static _ => true);
        recorder.Events.Wait<RecordedEvents.Gone>(static _ => true);
    }

    [Fact]
    public void A_server_that_does_not_read_delays_no_child_and_misses_no_result()
    {
        using var recorder = RecorderUnderTest.InProcess();
        recorder.Events.Gate.Reset();
        var requests = new List<SpawnRequest>();
        for (int i = 0; i < 300; i++)
        {
            var request = RecorderUnderTest.Shell($"seq 1 2000; touch {recorder.Root}/{i}.done; exit {i % 100}");
            requests.Add(request);
            recorder.Link.Spawn(request).Dispose();
        }
        Assert.True(SpinWait.SpinUntil(() => Directory.GetFiles(recorder.Root, "*.done").Length == requests.Count, RecordedEvents.Deadline), "children were blocked");
        recorder.Events.Gate.Set();
        for (int i = 0; i < requests.Count; i++)
        {
            Assert.Equal(i % 100, recorder.Events.WaitForExit(requests[i].RunId).ExitCode);
            recorder.Events.WaitForBothStreams(requests[i].RunId);
        }
        Assert.Equal(2000, recorder.Lines(requests[0]).Count);
    }

    [Fact]
    public void The_recorder_ends_when_asked_to_and_nothing_runs_any_more()
    {
        using var recorder = RecorderUnderTest.OwnProcess();
        string fifo = recorder.Fifo();
        var request = RecorderUnderTest.Shell($"read x < {fifo}");
        using var handles = recorder.Link.Spawn(request);
        recorder.Link.Shutdown();
        recorder.Events.Wait<RecordedEvents.Started>(s => s.RunId == request.RunId);
        Assert.Equal(0, recorder.Events.Count<RecordedEvents.Gone>());
        File.WriteAllText(fifo, "go\n");
        recorder.Events.WaitForExit(request.RunId);
        recorder.Link.Stored(request.RunId);
        recorder.Events.Wait<RecordedEvents.Gone>(static _ => true);
        Assert.True(SpinWait.SpinUntil(() => !File.Exists(recorder.Places.SocketPath), RecordedEvents.Deadline));
        Assert.True(SpinWait.SpinUntil(() => !Directory.Exists($"/proc/{recorder.Link.RecorderPid}"), RecordedEvents.Deadline), "it was not waited for");
    }
}
