using Overseer.Recorder.Spawning;
using Overseer.Recorder.Tests.Wire;
using Overseer.Recorder.Wire;

namespace Overseer.Recorder.Tests.Spawning;

/// <summary>What a child finds around it.</summary>
public abstract partial class SpawnerContract
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_child_has_three_descriptors_and_no_more(bool ownProcess)
    {
        using var recorder = Start(ownProcess);
        var request = RecorderUnderTest.Request("/bin/ls", "-l", "/proc/self/fd");
        recorder.Run(request);
        var lines = recorder.Lines(request).Where(l => l.Contains("->", StringComparison.Ordinal)).Select(l => string.Join(' ', l.Split(' ')[^3..])).ToList();
        Assert.Equal(4, lines.Count);
        Assert.Equal("0 -> /dev/null", lines[0]);
        Assert.StartsWith("1 -> pipe:", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("2 -> pipe:", lines[2], StringComparison.Ordinal);
        Assert.StartsWith("3 -> /proc/", lines[3], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Output_is_open_for_reading_and_writing_and_blocks(bool ownProcess)
    {
        using var recorder = Start(ownProcess);
        var request = RecorderUnderTest.Shell("cat /proc/self/fdinfo/1 /proc/self/fdinfo/2");
        recorder.Run(request);
        var flags = recorder.Lines(request).Where(l => l.StartsWith("flags:", StringComparison.Ordinal)).Select(l => Convert.ToInt32(l[6..].Trim(), 8)).ToList();
        Assert.Equal(2, flags.Count);
        Assert.All(flags, f => Assert.Equal(2, f & 0x803));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Signals_are_default_and_unblocked(bool ownProcess)
    {
        using var recorder = Start(ownProcess);
        var request = RecorderUnderTest.Request("/bin/cat", "/proc/self/status");
        recorder.Run(request);
        Assert.Equal(
            ["SigBlk:\t0000000000000000", "SigIgn:\t0000000000000000", "SigCgt:\t0000000000000000"],
            recorder.Lines(request).Where(l => l.StartsWith("Sig", StringComparison.Ordinal) && !l.StartsWith("SigQ", StringComparison.Ordinal) && !l.StartsWith("SigPnd", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_environment_is_what_was_asked_for_and_the_run(bool ownProcess)
    {
        using var recorder = Start(ownProcess);
        var request = RecorderUnderTest.Request("/usr/bin/env") with
        {
            Environment = [new("A", "1"), new("OVERSEER_RUN_ID", "another's"), new("B", "two words=\u00e4"), new("EMPTY", "")],
        };
        recorder.Run(request);
        Assert.Equal([$"OVERSEER_RUN_ID={request.RunId:N}", "A=1", "B=two words=ä", "EMPTY="], recorder.Lines(request));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_child_has_a_session_of_its_own(bool ownProcess)
    {
        using var recorder = Start(ownProcess);
        var request = RecorderUnderTest.Request("/bin/cat", "/proc/self/stat");
        int pid = recorder.Run(request).Pid;
        string[] fields = recorder.Lines(request)[0].Split(' ');
        Assert.Equal([$"{pid}", $"{pid}"], fields[4..6]);
        Assert.Equal(fields[21], recorder.Events.Wait<RecordedEvents.Started>(s => s.RunId == request.RunId).ProcessStartTime.ToString());
    }

    [Fact]
    public void The_soft_descriptor_limit_is_the_one_before_the_runtime_raised_it()
    {
        using var recorder = Start(true);
        var request = RecorderUnderTest.Shell("ulimit -Sn; ulimit -Hn");
        recorder.Run(request);
        Assert.Equal([$"{NoFileLimit.BeforeTheRuntimeRaisedIt()}", $"{NoFileLimit.Current().Hard}"], recorder.Lines(request));
    }

    [Fact]
    public void The_timer_slack_of_children_is_the_usual_one()
    {
        using var recorder = Start(true);
        var request = RecorderUnderTest.Request("/bin/cat", "/proc/self/timerslack_ns");
        recorder.Run(request);
        Assert.Equal(["50000"], recorder.Lines(request));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Standard_input_is_a_pipe_when_asked_for(bool ownProcess)
    {
        using var recorder = Start(ownProcess);
        var request = RecorderUnderTest.Request("/bin/cat") with { StdinPipe = true };
        using var handles = recorder.Spawn(request);
        using var input = new FileStream(handles.StandardInput!, FileAccess.Write, 0);
        input.Write("one\ntwo\n"u8);
        recorder.Events.WaitForLines(request.JournalId, 2);
        var started = recorder.Events.Wait<RecordedEvents.Started>(s => s.RunId == request.RunId);
        Assert.Equal((InputState.Open, ownProcess), (started.Input, started.InputHolder.Pid > 0));
        input.Dispose();
        started.InputHolder.End();
        recorder.Link.CloseInput(request.RunId);
        Assert.Equal(0, recorder.Events.WaitForExit(request.RunId).ExitCode);
        Assert.Equal(["one", "two"], recorder.Lines(request));
    }
}
