using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Overseer.Recorder.Interop;
using Overseer.Recorder.Takeover;
using Overseer.Recorder.Tests.Wire;
using Overseer.Recorder.Wire;
using Libc = Overseer.Recorder.Interop.Interop;

namespace Overseer.Recorder.Tests.Takeover;

/// <summary>The standard input of a program outlives everybody who writes to it, and ends when it is asked to and not before.</summary>
public sealed class InputTests
{
    [Fact]
    public void The_next_server_gets_the_input_from_the_recorder()
    {
        using var recorder = RecorderUnderTest.OwnProcess();
        var request = RecorderUnderTest.Request("/bin/cat") with { StdinPipe = true };
        using (var first = recorder.Spawn(request))
        {
            Write(first.StandardInput, "one\n");
            recorder.Events.WaitForLines(request.JournalId, 1);
        }

        var events = new RecordedEvents();
        RunStart? start = null;
        events.OnStart = told => start = told;
        using var link = recorder.Connect(events, 2);
        events.Wait<RecordedEvents.Done>(static _ => true);
        using (start)
        {
            Assert.Equal(InputState.Open, start!.Input);
            Write(start.StandardInput, "two\n");
            events.WaitForLines(request.JournalId, 2);
            start.InputHolder.End();
            link.CloseInput(request.RunId);
        }

        Assert.Equal(0, events.WaitForExit(request.RunId).ExitCode);
        Assert.Equal(["one", "two"], recorder.Lines(request, events: events));
        link.Stored(request.RunId);
    }

    [Fact]
    public void A_closed_input_stays_closed_for_the_next_server()
    {
        using var recorder = RecorderUnderTest.OwnProcess();
        var request = RecorderUnderTest.Shell("cat; exec sleep 1000") with { StdinPipe = true };
        using (recorder.Spawn(request))
        {
            recorder.Events.Wait<RecordedEvents.Started>(s => s.RunId == request.RunId).InputHolder.End();
            recorder.Link.CloseInput(request.RunId);
        }

        var events = new RecordedEvents();
        RunStart? start = null;
        events.OnStart = told => start = told;
        using var link = recorder.Connect(events, 2);
        events.Wait<RecordedEvents.Done>(static _ => true);
        using (start)
        {
            Assert.Equal((InputState.Closed, null, 0), (start!.Input, start.StandardInput, start.InputHolder.Pid));
        }
    }

    [Fact]
    public void The_next_recorder_gets_the_input_from_the_server()
    {
        using var kept = new KeptRecorder();
        var keeper = kept.Keeper;
        var run = SpawnCat(keeper);
        Write(run.Pipes!.StandardInput, "one\n");
        keeper.Kill();
        keeper.Connect();
        keeper.AdoptAll();
        Write(run.Pipes.StandardInput, "two\n");
        keeper.Ping();

        // Neither the server's end nor the holder's is the last: the new recorder has its own.
        run.Start!.InputHolder.End();
        run.Pipes.StandardInput!.Dispose();
        keeper.Ping();
        Assert.False(AdoptTests.IsOver(run.Start.Pid));
        keeper.Link.CloseInput(run.Request.RunId);
        EndsByItself(keeper, run);
        Assert.Equal(["started", "one", "two", "exited 0 0"], AdoptTests.Entries(keeper.JournalOf(run)));
    }

    [Fact]
    public void A_program_waiting_for_input_does_not_notice_that_server_and_recorder_died_together()
    {
        using var kept = new KeptRecorder();
        var keeper = kept.Keeper;
        var run = SpawnCat(keeper);
        Write(run.Pipes!.StandardInput, "one\n");
        keeper.Kill();
        var (stdout, stderr) = (Duplicate(run.Pipes.StandardOutput), Duplicate(run.Pipes.StandardError));
        keeper.DropRopes();
        Assert.False(AdoptTests.IsOver(run.Start!.Pid));

        var found = InputHolders.Find(new HashSet<Guid> { run.Request.RunId, Guid.NewGuid() });
        var held = Assert.Single(found).Value;
        Assert.Equal(run.Start.InputHolder, held.Holder);
        keeper.Connect();
        keeper.Link.Adopt(run.Handover() with { PidFd = null, StandardOutput = stdout, StandardError = stderr, StandardInput = held.Pipe, InputHolder = held.Holder });
        stdout.Dispose();
        stderr.Dispose();
        Write(held.Pipe, "two\n");
        keeper.Ping();
        held.Pipe.Dispose();
        held.Holder.End();
        keeper.Link.CloseInput(run.Request.RunId);
        EndsByItself(keeper, run);
        Assert.Equal(["started", "one", "two", "exited 0 0"], AdoptTests.Entries(keeper.JournalOf(run)));
        Assert.Empty(InputHolders.Find(new HashSet<Guid> { run.Request.RunId }));
    }

    [Fact]
    public void A_recorder_that_finds_no_holder_starts_another()
    {
        using var kept = new KeptRecorder();
        var keeper = kept.Keeper;
        var run = SpawnCat(keeper);
        var first = run.Start!.InputHolder;
        keeper.Kill();
        first.End();
        keeper.Connect();
        keeper.AdoptAll();
        keeper.Ping();
        var held = Assert.Single(InputHolders.Find(new HashSet<Guid> { run.Request.RunId })).Value;
        held.Pipe.Dispose();
        Assert.NotEqual(first, held.Holder);
    }

    [Fact]
    public void An_ended_input_is_ended_for_a_recorder_that_comes_later()
    {
        using var kept = new KeptRecorder();
        var keeper = kept.Keeper;
        var run = SpawnCat(keeper);
        keeper.Kill();
        run.Start!.InputHolder.End();
        run.Pipes!.StandardInput!.Dispose();
        Assert.True(SpinWait.SpinUntil(() => AdoptTests.IsOver(run.Start.Pid), RecordedEvents.Deadline));
        keeper.Connect();
        keeper.Link.Adopt(run.Handover() with { Input = InputState.Closed });
        EndsByItself(keeper, run);
        Assert.Empty(InputHolders.Find(new HashSet<Guid> { run.Request.RunId }));
    }

    [Fact]
    public void With_the_program_its_holder_ends_though_a_descendant_still_reads()
    {
        using var recorder = RecorderUnderTest.OwnProcess();
        // In the background a shell takes input from elsewhere, unless it is told not to.
        var request = RecorderUnderTest.Shell("exec 3<&0; (cat <&3; echo rest) & exit 0") with { StdinPipe = true };
        using (recorder.Spawn(request))
        {
            recorder.Events.WaitForExit(request.RunId);
        }

        recorder.Events.WaitForBothStreams(request.RunId);
        Assert.Equal(["rest"], recorder.Lines(request));
        Assert.Empty(InputHolders.Find(new HashSet<Guid> { request.RunId }));
    }

    [Fact]
    public void Who_writes_notices_that_the_program_has_closed_its_input()
    {
        using var recorder = RecorderUnderTest.OwnProcess();
        var request = RecorderUnderTest.Shell("exec 0<&-; echo closed; exec sleep 1000") with { StdinPipe = true };
        using var handles = recorder.Spawn(request);
        recorder.Events.WaitForLines(request.JournalId, 1);
        Assert.Equal(Errno.EPIPE, TryWrite(handles.StandardInput!, "nobody reads this"));
    }

    [Fact]
    public void A_recorder_of_another_version_hands_the_input_over()
    {
        using var kept = new KeptRecorder();
        var keeper = kept.Keeper;
        var run = SpawnCat(keeper);
        keeper.Kill();
        RecorderUnderTest.Launch(keeper.Places, 99);
        using (var link = RecorderLink.ConnectAs(99, keeper.Places.SocketPath, new RecordedEvents(), 1))
        {
            link.Adopt(run.Handover());
        }

        var connection = keeper.Connect();
        var taken = Assert.Single(connection.TakenOver);
        Assert.Equal((InputState.Open, run.Start!.InputHolder), (taken.Input, taken.InputHolder));
        run.Pipes!.StandardInput!.Dispose();
        Write(taken.StandardInput, "through three recorders\n");
        taken.Dispose();
        keeper.Ping();
        Assert.False(AdoptTests.IsOver(run.Start.Pid));
        run.Start.InputHolder.End();
        keeper.Link.CloseInput(run.Request.RunId);
        EndsByItself(keeper, run);
        Assert.Equal(["started", "through three recorders", "exited 0 0"], AdoptTests.Entries(keeper.JournalOf(run)));
    }

    private static KeptRun SpawnCat(Keeper keeper)
    {
        var run = keeper.Spawn(RecorderUnderTest.Request("/bin/cat") with { StdinPipe = true });
        keeper.WaitForStarts();
        Assert.True(run.Start!.InputHolder.Pid > 0);
        return run;
    }

    private static void EndsByItself(Keeper keeper, KeptRun run)
    {
        Assert.True(SpinWait.SpinUntil(() => AdoptTests.IsOver(run.Start!.Pid), RecordedEvents.Deadline), "the program does not read its end of input");
        keeper.Link.Reaped(run.Request.RunId, new ExitStatus(0, 0));
        keeper.WaitForEnds();
        keeper.StopRecorder();
    }

    private static void Write(SafeFileHandle? input, string text) => Assert.Equal(0, TryWrite(input!, text));

    /// <summary>0, or the errno.</summary>
    private static unsafe int TryWrite(SafeFileHandle input, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        fixed (byte* at = bytes)
            return Libc.Write((int)input.DangerousGetHandle(), at, (nuint)bytes.Length) == bytes.Length ? 0 : Marshal.GetLastPInvokeError();
    }

    private static SafeFileHandle Duplicate(SafeFileHandle? handle) => new(Libc.Duplicate((int)handle!.DangerousGetHandle()), ownsHandle: true);
}
