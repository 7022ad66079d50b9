using Overseer.Recorder.Journal;
using Overseer.Recorder.Takeover;
using Overseer.Recorder.Tests.Wire;
using Overseer.Recorder.Wire;
using Libc = Overseer.Recorder.Interop.Interop;

namespace Overseer.Recorder.Tests.Takeover;

/// <summary>What becomes of a run when the recorder that started it has died.</summary>
public sealed class AdoptTests
{
    [Fact]
    public void Pipes_are_found_again_when_everybody_who_read_them_has_died()
    {
        using var kept = new KeptRecorder();
        var keeper = kept.Keeper;
        string go = Path.Combine(kept.Root, "go");
        var request = Printers.Request(20_000, 0, 0, Guid.NewGuid(), 1);
        // It lives until both streams have been read: who is dead has no pipes to be found by.
        request = request with { Arguments = ["/bin/sh", "-c", request.Arguments[2].Replace("exit 0", $"while [ ! -e {go} ]; do sleep 0.01; done; exit 7", StringComparison.Ordinal)] };
        var run = keeper.Spawn(request, 20_000, 7);
        keeper.WaitForStarts();
        keeper.Kill();
        var inodes = run.Inodes;
        keeper.DropRopes();

        var found = PipeFinder.Find(new HashSet<long> { inodes.StandardOutput, inodes.StandardError, 1 });
        Assert.Equal(2, found.Count);
        keeper.Connect();
        keeper.Link.Adopt(run.Handover() with { PidFd = null, StandardOutput = found[inodes.StandardOutput], StandardError = found[inodes.StandardError] });
        foreach (var pipe in found.Values)
            pipe.Dispose();
        // Its parent, whoever that is, may not be quick to wait for it; the server may know how it ended.
        File.WriteAllText(go, "");
        keeper.WaitUntil(run, r => r.Start is not null);
        Assert.True(SpinWait.SpinUntil(() => IsOver(run.Start!.Pid), RecordedEvents.Deadline));
        keeper.Link.Reaped(request.RunId, new ExitStatus(7, 0));
        keeper.WaitForEnds();
        keeper.StopRecorder();
        Printers.Check(keeper.JournalOf(run), [run]);
    }

    [Fact]
    public void A_run_that_is_gone_gets_a_gap_and_an_unknown_exit_once()
    {
        using var kept = new KeptRecorder();
        var keeper = kept.Keeper;
        var request = RecorderUnderTest.Shell("echo before; printf unfinished; exec sleep 1000");
        var run = keeper.Spawn(request);
        keeper.WaitForStarts();
        WaitForText(keeper.JournalOf(run), "unfinished");
        keeper.Kill();
        _ = Libc.Kill(run.Start!.Pid, 9);
        keeper.Connect();
        var gone = run.Handover() with { Gone = true, PidFd = null, StandardOutput = null, StandardError = null };
        keeper.Link.Adopt(gone);
        keeper.WaitForEnds();
        Assert.Equal((-1, 0), (run.Exit!.ExitCode, run.Exit.Signal));
        keeper.Link.Adopt(gone);
        keeper.Ping();
        string[] expected = ["started", "before", "unfinished", "gap RecorderLost 0", "exited -1 0"];
        Assert.Equal(expected, Entries(keeper.JournalOf(run)));

        // Nor does the recorder after it write anything.
        keeper.Kill();
        keeper.Connect();
        keeper.Link.Adopt(gone);
        keeper.Ping();
        keeper.StopRecorder();
        Assert.Equal(expected, Entries(keeper.JournalOf(run)));
    }

    [Fact]
    public void A_start_that_is_missing_in_the_journal_is_written_once()
    {
        using var kept = new KeptRecorder();
        var keeper = kept.Keeper;
        using var child = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("/bin/sh", ["-c", "exec sleep 1000"])
        {
            UseShellExecute = false,
            Environment = { ["OVERSEER_RUN_ID"] = "6f1c3f0cf54e4c5f8a3a4a5d3a8a7b10" },
        })!;
        var run = new RunHandover { RunId = Guid.Parse("6f1c3f0cf54e4c5f8a3a4a5d3a8a7b10"), JournalId = Guid.NewGuid(), Run = 1, Pid = child.Id, StandardErrorClosed = true, StandardOutputClosed = true };
        var events = new RecordedEvents();
        using var link = RecorderLink.Connect(keeper.Places.SocketPath, events, 100);
        link.Adopt(run);
        var started = events.Wait<RecordedEvents.Started>(static _ => true);
        Assert.True(started.HasPidFd);
        Assert.NotEqual(0, started.ProcessStartTime);
        string directory = Path.Combine(keeper.Places.JournalRoot, run.JournalId.ToString("N"));
        Assert.Equal(["started"], Entries(directory));

        // Another process with that number is not the run's.
        var other = run with { RunId = Guid.NewGuid(), JournalId = Guid.NewGuid() };
        link.Adopt(other with { Exit = new ExitStatus(3, 0) });
        Assert.Equal(3, events.WaitForExit(other.RunId).ExitCode);
        Assert.False(child.HasExited);
        child.Kill();
        child.WaitForExit();
        Assert.Equal(9, events.WaitForExit(run.RunId).Signal);
        link.Stored(run.RunId);
        link.Stored(other.RunId);
        link.Shutdown();
        events.Wait<RecordedEvents.Gone>(static _ => true);
        Assert.Equal(["started", "exited -1 9"], Entries(directory));
    }

    [Fact]
    public void Adopting_twice_does_the_same_as_once()
    {
        using var kept = new KeptRecorder();
        var keeper = kept.Keeper;
        string go = Path.Combine(kept.Root, "go");
        var request = RecorderUnderTest.Shell($"echo one; while [ ! -e {go} ]; do sleep 0.01; done; echo two; exit 4");
        var run = keeper.Spawn(request, 0, 4);
        keeper.WaitForStarts();
        keeper.Kill();
        keeper.Connect();
        for (int i = 0; i < 5; i++)
            keeper.Link.Adopt(run.Handover(startReported: false));
        keeper.Ping();
        File.WriteAllText(go, "");
        Assert.True(SpinWait.SpinUntil(() => IsOver(run.Start!.Pid), RecordedEvents.Deadline));
        keeper.Link.Reaped(request.RunId, new ExitStatus(4, 0, 1, 2, 3));
        keeper.WaitForEnds();
        keeper.Link.Adopt(run.Handover());
        keeper.Ping();
        keeper.StopRecorder();
        Assert.Equal(["started", "one", "two", "exited 4 0"], Entries(keeper.JournalOf(run)));
    }

    [Fact]
    public void Output_whose_pipe_nobody_has_any_more_is_a_gap_and_the_program_goes_on()
    {
        using var kept = new KeptRecorder();
        var keeper = kept.Keeper;
        var run = keeper.Spawn(RecorderUnderTest.Shell("echo one; exec sleep 1000"));
        keeper.WaitForStarts();
        WaitForText(keeper.JournalOf(run), "one");
        for (int i = 0; i < 2; i++)
        {
            keeper.Kill();
            keeper.Connect();
            keeper.Link.Adopt(run.Handover() with { StandardOutput = null });
            keeper.Ping();
        }
        Assert.True(run.StdoutClosed);
        Assert.Null(run.Exit);
        Assert.Equal(["started", "one", "gap RecorderLost 0"], Entries(keeper.JournalOf(run)));
    }

    [Fact]
    public void An_exit_status_that_nobody_tells_is_waited_for_at_rest_and_then_counts_as_unknown()
    {
        using var kept = new KeptRecorder();
        var keeper = kept.Keeper;
        int pid = ExitInfoTests.Start("exec sleep 1000");
        var run = new RunHandover
        {
            RunId = Guid.NewGuid(),
            JournalId = Guid.NewGuid(),
            Run = 1,
            Pid = pid,
            ProcessStartTime = Overseer.Recorder.Processes.ProcessStat.TryRead(pid, out var stat) ? stat.StartTime : 0,
            StandardOutputClosed = true,
            StandardErrorClosed = true,
        };
        var events = new RecordedEvents();
        using var link = RecorderLink.Connect(keeper.Places.SocketPath, events, 100);
        link.Adopt(run);
        events.Wait<RecordedEvents.Started>(static s => s.HasPidFd);
        // It stays a zombie, since its parent, this process, does not wait for it.
        _ = Libc.Kill(pid, Libc.SIGKILL);
        long before = ProcessorTime(link.RecorderPid);
        Assert.Equal((-1, 0), events.WaitForExit(run.RunId) is var exit ? (exit.ExitCode, exit.Signal) : default);
        Assert.InRange(ProcessorTime(link.RecorderPid) - before, 0, 50);
        Assert.True(Overseer.Recorder.Processes.ChildReaper.TryReap(pid, static _ => { }));
        link.Reaped(run.RunId, new ExitStatus(-1, 9));
        link.Stored(run.RunId);
        link.Shutdown();
        events.Wait<RecordedEvents.Gone>(static _ => true);
        Assert.Equal(["started", "exited -1 0"], Entries(Path.Combine(keeper.Places.JournalRoot, run.JournalId.ToString("N"))));
    }

    [Fact]
    public void A_journal_that_cannot_be_opened_yet_is_opened_later()
    {
        using var kept = new KeptRecorder();
        var keeper = kept.Keeper;
        var run = keeper.Spawn(RecorderUnderTest.Shell("echo one; exec sleep 1000"));
        keeper.WaitForStarts();
        WaitForText(keeper.JournalOf(run), "one");
        keeper.Kill();
        keeper.Connect();
        var journal = Path.Combine(keeper.Places.JournalRoot, run.Request.JournalId.ToString("N"));
        using (var scratch = new JournalBuffer())
        using (JournalWriter.Open(journal, new JournalOptions(), scratch))
        {
            // Another writer has it, as a recorder has that was killed and does not die.
            keeper.Link.Adopt(run.Handover());
            keeper.Ping();
        }
        Assert.Contains("cannot take over run", File.ReadAllText(keeper.Places.LogPath), StringComparison.Ordinal);
        Assert.True(SpinWait.SpinUntil(() => File.ReadAllText(keeper.Places.LogPath).Contains($"goes on with run {run.Request.RunId:N}", StringComparison.Ordinal), RecordedEvents.Deadline));
    }

    /// <summary>In ticks of 10 ms.</summary>
    internal static long ProcessorTime(int pid)
    {
        string[] fields = File.ReadAllText($"/proc/{pid}/stat").Split(") ")[1].Split(' ');
        return long.Parse(fields[11]) + long.Parse(fields[12]);
    }

    internal static List<string> Entries(string directory)
    {
        var entries = new List<string>();
        var end = JournalDirectory.FindEnd(directory);
        using var reader = JournalReader.Open(directory);
        while (reader.TryRead(in end, out var entry))
        {
            entries.Add(entry.Kind switch
            {
                EntryKind.Line => System.Text.Encoding.UTF8.GetString(entry.Data),
                EntryKind.Exited => $"exited {entry.Exit!.ExitCode} {entry.Exit.Signal}",
                EntryKind.Gap => $"gap {entry.GapReason} {entry.GapBytes}",
                _ => "started",
            });
        }
        return entries;
    }

    private static void WaitForText(string directory, string text) =>
        Assert.True(SpinWait.SpinUntil(() => Directory.Exists(directory) && Directory.GetFiles(directory, "*.seg").Any(file => Holds(file, text)), RecordedEvents.Deadline));

    /// <summary>Not File.ReadAllText: that asks for a lock, which the writer has.</summary>
    private static bool Holds(string path, string text)
    {
        using var file = Libc.OpenForReading(System.Text.Encoding.UTF8.GetBytes(path + '\0'));
        byte[] bytes = new byte[RandomAccess.GetLength(file)];
        return bytes.AsSpan(0, RandomAccess.Read(file, bytes, 0)).IndexOf(System.Text.Encoding.UTF8.GetBytes(text)) >= 0;
    }

    internal static bool IsOver(int pid) => !Overseer.Recorder.Processes.ProcessStat.TryRead(pid, out var stat) || stat.State is 'Z' or 'X';
}
