using System.Diagnostics;
using Overseer.Recorder.Journal;
using Overseer.Recorder.Tests.Takeover;
using Overseer.Recorder.Tests.Wire;

namespace Overseer.Recorder.Tests.Loop;

/// <summary>Journals that lose nothing when the disk is full, on a file system of a few megabytes, mounted for the test (needs root).</summary>
public sealed class BlockWhenFullTests
{
    private static readonly JournalOptions Blocking = new() { BlockWhenFull = true, SegmentBytes = 1 << 20 };

    [Fact]
    public void Programs_wait_for_room_and_nothing_is_missing()
    {
        using var recorder = RecorderUnderTest.OwnProcess();
        using var disk = new Disk(recorder.Places.JournalRoot, "3m");
        string printed = Path.Combine(recorder.Root, "printed");
        var request = RecorderUnderTest.Shell($"seq 1 1000000; touch {printed}; printf end; exit 3") with { Journal = Blocking };
        using var handles = recorder.Link.Spawn(request);
        Assert.True(SpinWait.SpinUntil(() => recorder.Log.Contains("programs wait until there is room", StringComparison.Ordinal), RecordedEvents.Deadline));
        long before = AdoptTests.ProcessorTime(recorder.Link.RecorderPid);
        // Long enough for a recorder that does not rest to be noticed.
        Assert.False(SpinWait.SpinUntil(() => File.Exists(printed), TimeSpan.FromSeconds(1)));
        Assert.InRange(AdoptTests.ProcessorTime(recorder.Link.RecorderPid) - before, 0, 30);

        disk.Resize("64m");
        Assert.Equal(3, recorder.Events.WaitForExit(request.RunId).ExitCode);
        recorder.Events.WaitForBothStreams(request.RunId);
        Assert.Equal([.. Enumerable.Range(1, 1_000_000).Select(i => $"{i}"), "end"], recorder.Lines(request));
        Assert.DoesNotContain(recorder.Entries(request), e => e.StartsWith("Gap", StringComparison.Ordinal));
    }

    [Fact]
    public void What_a_program_left_in_its_pipes_is_recorded_before_its_exit_when_there_is_room()
    {
        using var recorder = RecorderUnderTest.OwnProcess();
        using var disk = new Disk(recorder.Places.JournalRoot, "1m");
        // Fills the disk, then prints a little on both streams and ends.
        string full = Path.Combine(recorder.Places.JournalRoot, "full");
        string go = Path.Combine(recorder.Root, "go");
        var request = RecorderUnderTest.Shell($"while [ ! -e {go} ]; do sleep 0.01; done; echo out; echo err >&2; exit 4") with { Journal = Blocking };
        using var handles = recorder.Link.Spawn(request);
        recorder.Events.Wait<RecordedEvents.Started>(static _ => true);
        Fill(full);
        File.WriteAllText(go, "");
        // The server hears of the end at once.
        Assert.Equal(4, recorder.Events.WaitForExit(request.RunId).ExitCode);
        Assert.Equal(["started"], AdoptTests.Entries(Path.Combine(recorder.Places.JournalRoot, request.JournalId.ToString("N"))));
        File.Delete(full);
        recorder.Events.WaitForBothStreams(request.RunId);
        Assert.True(SpinWait.SpinUntil(() => recorder.Entries(request).Count == 4, RecordedEvents.Deadline));
        Assert.Equal(["started", "1 Stdout out", "2 Stderr err", "exited 4"], recorder.Entries(request));
    }

    private static void Fill(string path)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite, 0);
        byte[] block = new byte[4096];
        try
        {
            while (true)
                file.Write(block);
        }
        catch (IOException)
        {
            // Full.
        }
    }

    private sealed class Disk : IDisposable
    {
        private readonly string _path;

        internal Disk(string path, string size)
        {
            _path = path;
            Tool("mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", path);
        }

        internal void Resize(string size) => Tool("mount", "-o", $"remount,size={size}", _path);

        public void Dispose() => Tool("umount", "-l", _path);

        private static void Tool(string file, params string[] arguments)
        {
            using var process = Process.Start(file, arguments);
            process.WaitForExit();
            Assert.Equal(0, process.ExitCode);
        }
    }
}
