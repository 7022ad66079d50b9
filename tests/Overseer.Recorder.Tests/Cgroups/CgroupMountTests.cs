using Overseer.Recorder.Cgroups;

namespace Overseer.Recorder.Tests.Cgroups;

public sealed class CgroupMountTests
{
    private const string Unified = "30 23 0:26 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:4 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot";
    private const string Hybrid = "38 31 0:41 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw";
    private const string Old = "39 31 0:36 / /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids";
    private const string Tmpfs = "31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755";

    [Theory]
    [InlineData("/system.slice/a.service", "/sys/fs/cgroup/system.slice/a.service", Unified)]
    [InlineData("/", "/sys/fs/cgroup", Unified)]
    [InlineData("/", "/sys/fs/cgroup/unified", Tmpfs, Old, Hybrid)]
    [InlineData("/a b", "/sys/fs/cgroup/unified/a b", Hybrid)]
    [InlineData("/docker/abc/x", "/sys/fs/cgroup/x", "1 2 0:26 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup rw")]
    [InlineData("/docker/abc", "/sys/fs/cgroup", "1 2 0:26 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup rw")]
    [InlineData("/docker/abcd", null, "1 2 0:26 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup rw")]
    [InlineData("/../other", null, Unified)]
    [InlineData("/gone (deleted)", null, Unified)]
    [InlineData("/", "/my groups", "1 2 0:26 / /my\\040groups rw shared:1 master:2 - cgroup2 cgroup rw")]
    [InlineData("/", "/sys/fs/cgroup", Unified, "9 1 0:26 / /elsewhere rw - cgroup2 cgroup2 rw")]
    public void Groups_are_found_below_the_mount_of_the_unified_hierarchy(string group, string? directory, params string[] lines) =>
        Assert.Equal(directory, CgroupMount.Find(lines)!.DirectoryOf(group));

    [Theory]
    [InlineData(Tmpfs, Old)]
    [InlineData("", "nonsense")]
    public void Without_the_unified_hierarchy_there_is_no_mount(params string[] lines) => Assert.Null(CgroupMount.Find(lines));

    [Fact]
    public void The_group_of_a_process_is_the_line_without_a_controller() =>
        Assert.Equal("/user.slice/a", GroupOfProcess.Find(["8:pids:/p", "1:name=systemd:/s", "0::/user.slice/a"]));
}
