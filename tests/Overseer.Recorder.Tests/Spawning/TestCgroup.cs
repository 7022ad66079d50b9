namespace Overseer.Recorder.Tests.Spawning;

/// <summary>A cgroup of its own, directly under the root of the hierarchy.</summary>
internal sealed class TestCgroup : IDisposable
{
    internal TestCgroup() => Directory.CreateDirectory(Path);

    /// <summary>Where cgroup v2 is: by itself, or beside the first version.</summary>
    internal static string Root { get; } = File.Exists("/sys/fs/cgroup/cgroup.procs") ? "/sys/fs/cgroup" : "/sys/fs/cgroup/unified";

    internal string Name { get; } = $"ovr-test-{Guid.NewGuid():N}";

    internal string Path => $"{Root}/{Name}";

    public void Dispose()
    {
        // What has just ended may count for another moment.
        Assert.True(SpinWait.SpinUntil(TryRemove, TimeSpan.FromSeconds(60)), $"{Path} is not empty");
    }

    private bool TryRemove()
    {
        try
        {
            Directory.Delete(Path);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
