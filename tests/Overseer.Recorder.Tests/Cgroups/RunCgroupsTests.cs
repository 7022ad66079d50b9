using Overseer.Recorder.Cgroups;
using Overseer.Recorder.Spawning;
using Overseer.Recorder.Tests.Processes;

namespace Overseer.Recorder.Tests.Cgroups;

public sealed class RunCgroupsTests
{
    [Fact]
    public void The_place_lies_below_our_own_group_and_a_run_has_a_group_in_it()
    {
        using var place = new GroupPlace();
        string above = CgroupMount.Find()!.DirectoryOf(GroupOfProcess.Of(Environment.ProcessId)!)!;
        Assert.Equal(above, Path.GetDirectoryName(place.Groups.Place));
        var run = Guid.NewGuid();

        var group = place.Make(run);

        Assert.Equal(place.Groups.Place + "/" + run.ToString("N"), group.Path);
        Assert.Equal(group.Path, place.Make(run).Path);
        Assert.Equal(group.Path, place.Groups.Find(run)!.Path);
        Assert.True(group.TryRemove());
        Assert.Null(place.Groups.Find(run));
    }

    [Fact]
    public void Limits_that_no_controller_keeps_are_left_to_others()
    {
        using var place = new GroupPlace();
        var limits = new SpawnLimits { Processes = 50, MemoryBytes = 64 << 20, OpenFiles = 100 };

        place.Groups.Create(Guid.NewGuid(), limits, out var rest, out _);

        Assert.Equal(100, rest!.OpenFiles);
        Assert.Equal(place.Groups.Controllers.Contains("pids"), rest.Processes is null);
        Assert.Equal(place.Groups.Controllers.Contains("memory"), rest.MemoryBytes is null);
    }

    [Fact]
    public async Task At_a_start_groups_are_cleared_by_what_is_known_of_their_runs()
    {
        using var place = new GroupPlace();
        var (live, liveGroup) = place.Start("echo up; exec sleep 300");
        var (ended, endedGroup) = place.Start("echo up; exec sleep 300");
        var (unknown, unknownGroup) = place.Start("sleep 300 & echo up; wait");
        using var _ = live;
        using var __ = ended;
        using var ___ = unknown;
        foreach (var run in (SampleRun[])[live, ended, unknown])
            await run.NextLine();
        var starting = place.Make(Guid.NewGuid());
        var empty = place.Make(Guid.NewGuid());

        var found = place.Open().RemoveLeftovers(run =>
            run == liveGroup.RunId || run == starting.RunId ? RunStanding.Live : run == endedGroup.RunId ? RunStanding.Ended : RunStanding.Unknown);

        Assert.Equal(1, found.Removed);
        Assert.False(empty.Exists);
        Assert.True(starting.Exists);
        Assert.Equal([endedGroup.RunId], found.Kept.Select(group => group.RunId));
        Assert.Equal([unknownGroup.RunId], found.Killed.Select(killed => killed.Group.RunId));
        Assert.Equal(2, found.Killed[0].Pids.Count);
        Assert.Contains(unknown.Root.Pid, found.Killed[0].Pids);
        Assert.Empty(found.Remaining);
        Assert.False(unknownGroup.Exists);
        Assert.False(SampleRun.IsAlive(unknown.Root.Pid));
        Assert.True(SampleRun.IsAlive(live.Root.Pid));
        Assert.True(SampleRun.IsAlive(ended.Root.Pid));
    }

    [Fact]
    public void Groups_in_an_earlier_place_are_found_and_the_place_goes_with_them()
    {
        using var place = new GroupPlace();
        string earlier = Path.Combine(CgroupMount.Find()!.Path, $"overseer-test-{Guid.NewGuid():N}");
        string earlierPlace = Path.Combine(earlier, Path.GetFileName(place.Groups.Place));
        var run = Guid.NewGuid();
        Directory.CreateDirectory(Path.Combine(earlierPlace, run.ToString("N")));
        File.AppendAllText(place.Memory, earlierPlace + "\n/etc\n" + earlier + "\n");

        var groups = place.Open();

        Assert.Equal($"{earlierPlace}/{run:N}", groups.Find(run)!.Path);
        Assert.Equal([place.Groups.Place, earlierPlace], File.ReadAllLines(place.Memory));
        groups.RemoveLeftovers(_ => RunStanding.Ended);
        Assert.False(Directory.Exists(earlierPlace));
        Assert.Equal(0, Overseer.Recorder.Interop.Interop.RemoveDirectory(earlier));
        _ = place.Open();
        Assert.Equal([place.Groups.Place], File.ReadAllLines(place.Memory));
    }

    [Fact]
    public void What_cannot_be_done_is_said()
    {
        var memory = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"));
        Assert.Null(RunCgroups.TryOpen("/state", int.MaxValue, memory, out string why));
        Assert.Contains("the cgroup of process 2147483647 is not to be seen", why, StringComparison.Ordinal);
        Assert.False(File.Exists(memory));
    }
}
