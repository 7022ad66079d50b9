using System.Diagnostics;
using Overseer.Recorder.Tests.Wire;

namespace Overseer.Recorder.Tests.Loop;

/// <summary>On a file system of a few megabytes, mounted for the test (needs root).</summary>
public sealed class FullDiskTests
{
    [Fact]
    public void Without_room_programs_go_on_and_the_gap_says_how_much_is_missing()
    {
        using var recorder = RecorderUnderTest.InProcess();
        Tool("mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", recorder.Places.JournalRoot);
        try
        {
            string script = $"i=0; while [ $i -lt 80 ]; do head -c 100000 /dev/zero | tr '\\0' x; i=$((i+1)); done; touch {recorder.Root}/printed; read y; echo; echo after";
            var request = RecorderUnderTest.Shell(script) with { StdinPipe = true };
            using var handles = recorder.Link.Spawn(request);
            using var input = new FileStream(handles.StandardInput!, FileAccess.Write, 0);
            // It has printed 8 MB into 3, and was not blocked.
            Assert.True(SpinWait.SpinUntil(() => File.Exists($"{recorder.Root}/printed"), RecordedEvents.Deadline), "the program was blocked");

            Tool("mount", "-o", "remount,size=64m", recorder.Places.JournalRoot);
            input.Write("go\n"u8);
            input.Dispose();
            Assert.Equal(0, recorder.Events.WaitForExit(request.RunId).ExitCode);
            recorder.Events.WaitForBothStreams(request.RunId);
            // A record that found no room follows when there is some.
            Assert.True(SpinWait.SpinUntil(() => recorder.Entries(request).Contains("exited 0"), RecordedEvents.Deadline));
            var entries = recorder.Entries(request);
            long missing = entries.Where(e => e.StartsWith("Gap DiskFull", StringComparison.Ordinal)).Sum(e => long.Parse(e.Split(' ')[2]));
            long there = recorder.Lines(request).Sum(l => (long)l.Count(c => c == 'x'));
            Assert.InRange(missing, 1, 8_000_007);
            Assert.InRange(there + missing, 8_000_000, 8_000_007);
        }
        finally
        {
            Tool("umount", "-l", recorder.Places.JournalRoot);
        }
    }

    private static void Tool(string file, params string[] arguments)
    {
        using var process = Process.Start(file, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
