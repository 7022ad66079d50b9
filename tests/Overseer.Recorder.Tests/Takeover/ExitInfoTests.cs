using System.Runtime.InteropServices;
using Overseer.Recorder.Interop;
using Overseer.Recorder.Processes;
using Overseer.Recorder.Spawning;
using Overseer.Recorder.Takeover;
using Overseer.Recorder.Wire;
using Libc = Overseer.Recorder.Interop.Interop;

namespace Overseer.Recorder.Tests.Takeover;

/// <summary>How the ends of processes are learnt. The kernel's header for it is newer than this system's, so its layout is proved by what it says.</summary>
public sealed unsafe class ExitInfoTests
{
    [Theory]
    [InlineData("exit 0", 0, 0)]
    [InlineData("exit 255", 255, 0)]
    [InlineData("kill -9 $$", -1, 9)]
    [InlineData("ulimit -c 0; kill -6 $$", -1, 6)]
    public void The_kernel_and_the_parent_say_the_same(string script, int exitCode, int signal)
    {
        int pid = Start(script);
        using var process = new PidHandle(Libc.PidfdOpen(pid));
        long startTime = Overseer.Recorder.Processes.ProcessStat.TryRead(pid, out var stat) ? stat.StartTime : 0;
        var ended = new PollEntry { Descriptor = (int)process.DangerousGetHandle(), Events = Libc.POLLIN };
        Assert.Equal(1, Libc.Poll(&ended, 1, 20_000));
        Assert.False(ExitInfo.TryGet(process, out _));
        ReapedChild? reaped = null;
        Assert.True(ChildReaper.TryReap(pid, child => reaped = child));
        Assert.Equal((pid, startTime, exitCode, signal), (reaped!.Value.Pid, reaped.Value.ProcessStartTime, reaped.Value.Status.ExitCode, reaped.Value.Status.Signal));
        Assert.True(reaped.Value.Status.MaxRssKilobytes > 0);
        Assert.True(ExitInfo.TryGet(process, out var told));
        Assert.Equal((exitCode, signal), (told.ExitCode, told.Signal));
        Assert.False(ChildReaper.TryReap(pid, static _ => { }));
    }

    internal static int Start(string script)
    {
        using var argv = new NativeStrings(["/bin/sh", "-c", script]);
        using var environment = new NativeStrings([]);
        using var spawner = new PosixSpawner(null, ownProcess: false);
        using var nothing = Libc.Open("/dev/null", Libc.OpenFlags.ReadWrite | Libc.OpenFlags.CloseOnExec, 0);
        int output = (int)nothing.DangerousGetHandle();
        fixed (byte* directory = "/\0"u8)
        {
            Assert.Equal(0, spawner.Spawn(argv.Pointer[0], argv.Pointer, environment.Pointer, directory, new SpawnStreams(-1, output, output), anew: false, -1, out int pid));
            return pid;
        }
    }
}
