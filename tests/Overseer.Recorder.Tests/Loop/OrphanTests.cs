using Overseer.Recorder.Tests.Wire;

namespace Overseer.Recorder.Tests.Loop;

public sealed class OrphanTests
{
    [Fact]
    public void Orphans_are_adopted_and_reaped()
    {
        using var recorder = RecorderUnderTest.OwnProcess();
        // The first child leaves another behind, which waits until the first is gone, shows itself and ends.
        var request = RecorderUnderTest.Shell("parent=$$; (while [ -d /proc/$parent ]; do sleep 0.01; done; exec cat /proc/self/stat) & exit 0");
        recorder.Run(request);
        string[] orphan = recorder.Lines(request)[0].Split(' ');
        Assert.Equal($"{recorder.Link.RecorderPid}", orphan[3]);
        Assert.True(SpinWait.SpinUntil(() => !Directory.Exists($"/proc/{orphan[0]}"), RecordedEvents.Deadline), "the orphan stays a zombie");
    }
}
