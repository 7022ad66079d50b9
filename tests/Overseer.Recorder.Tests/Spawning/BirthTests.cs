using Overseer.Recorder.Interop;
using Overseer.Recorder.Processes;
using Overseer.Recorder.Takeover;
using Overseer.Recorder.Tests.Wire;
using Libc = Overseer.Recorder.Interop.Interop;

namespace Overseer.Recorder.Tests.Spawning;

/// <summary>What a child says of itself before it runs its program.</summary>
public sealed unsafe class BirthTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_child_hands_itself_over_before_its_start_is_reported(bool ownProcess)
    {
        using var recorder = RecorderUnderTest.Start(ownProcess, SpawnWay.ByClone);
        var request = RecorderUnderTest.Shell("exit 7");

        recorder.Run(request);

        var born = Assert.Single(recorder.Events.Births);
        var started = Assert.Single(recorder.Events.All.OfType<RecordedEvents.Started>());
        Assert.Equal((request.RunId, started.Pid), (born.RunId, born.Pid));
        Assert.True(born.BeforeStart);
        Assert.True(ExitInfo.TryGet(born.Process, out var exit));
        Assert.Equal(7, exit.ExitCode);
    }

    [Fact]
    public void Its_program_has_what_it_would_have_had_without()
    {
        using var recorder = RecorderUnderTest.Start(ownProcess: true, SpawnWay.ByClone);
        var request = RecorderUnderTest.Shell("ls /proc/$$/fd; readlink /proc/$$/fd/1 | cut -d: -f1; exit 0");

        recorder.Run(request);

        Assert.Equal(["0", "1", "2", "pipe"], recorder.Entries(request).Where(line => line.Contains("Stdout", StringComparison.Ordinal)).Select(line => line.Split(' ')[2]));
    }

    [Fact]
    public void A_server_that_does_not_listen_holds_up_nobody()
    {
        using var recorder = RecorderUnderTest.Start(ownProcess: true, SpawnWay.ByClone);
        recorder.Events.Gate.Reset();
        var first = RecorderUnderTest.Shell("echo; exit 0");
        using var handles = recorder.Spawn(first);

        // More than its queue can take, while its thread is in an event.
        var requests = Enumerable.Range(0, 600).Select(_ => RecorderUnderTest.Request("/bin/true")).ToList();
        var held = requests.ConvertAll(recorder.Spawn);
        recorder.Events.Gate.Set();
        foreach (var request in requests)
            Assert.Equal(0, recorder.Events.WaitForExit(request.RunId).ExitCode);
        held.ForEach(one => one.Dispose());
    }

    [Fact]
    public void The_last_words_of_children_whose_recorder_has_died_are_heard()
    {
        using var recorder = RecorderUnderTest.Start(ownProcess: true, SpawnWay.ByClone);
        int pid = recorder.Link.RecorderPid;
        Assert.Equal(0, Libc.Kill(pid, Libc.SIGSTOP));
        var requests = new[] { RecorderUnderTest.Shell($"kill -9 {pid}; exit 5"), RecorderUnderTest.Shell("exit 7"), RecorderUnderTest.Shell("exit 7") };
        var held = requests.Select(recorder.Spawn).ToList();
        Assert.Equal(0, Libc.Kill(pid, Libc.SIGCONT));
        recorder.Events.Wait<RecordedEvents.Gone>(_ => true);

        foreach (var request in requests)
        {
            // What has become a process has said so.
            Assert.True(recorder.Flight.TryFind(request.RunId, out _, out int process));
            Assert.Equal(process != 0 ? [process] : Array.Empty<int>(), recorder.Events.Births.Where(birth => birth.RunId == request.RunId).Select(birth => birth.Pid));
        }
        Assert.Contains(recorder.Events.Births, birth => birth.RunId == requests[0].RunId);
        held.ForEach(one => one.Dispose());
    }
}
