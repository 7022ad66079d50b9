using Overseer.Recorder.Spawning;

namespace Overseer.Recorder.Tests.Spawning;

public sealed class PosixSpawnerTests
{
    [Fact]
    public unsafe void A_lowered_limit_reaches_children_and_not_the_recorder()
    {
        using var spawner = new PosixSpawner(300, ownProcess: true);
        string file = Path.GetTempFileName();
        using var output = File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite);
        using var argv = new NativeStrings(["/bin/sh", "-c", "ulimit -Sn"]);
        using var environment = new NativeStrings([]);
        ulong before = NoFileLimit.Current().Soft;
        int fd = (int)output.DangerousGetHandle();
        int pid;
        fixed (byte* root = "/\0"u8)
            Assert.Equal(0, spawner.Spawn(argv.Pointer[0], argv.Pointer, environment.Pointer, root, new SpawnStreams(-1, fd, fd), anew: false, -1, out pid));
        Interop.SignalInfo info;
        Assert.Equal(0, Interop.Interop.WaitId(Interop.Interop.P_PID, pid, &info, Interop.Interop.WEXITED, null));
        Assert.Equal("300\n", File.ReadAllText(file));
        Assert.Equal(before, NoFileLimit.Current().Soft);
        File.Delete(file);
    }
}
