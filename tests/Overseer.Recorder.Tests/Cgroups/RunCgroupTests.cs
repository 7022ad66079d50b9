using System.Globalization;
using Overseer.Recorder.Cgroups;
using Overseer.Recorder.Processes;
using Overseer.Recorder.Tests.Processes;
using Libc = Overseer.Recorder.Interop.Interop;

namespace Overseer.Recorder.Tests.Cgroups;

/// <summary>With the real groups of this machine: needs root, or a delegated group.</summary>
public sealed class RunCgroupTests
{
    private const int SigTerm = 15;
    private const int SigKill = 9;

    // Twice forked, a session of its own, no environment, nothing open but what the test listens to.
    private const string Daemon = "(setsid env -i sh -c 'echo $$; exec sleep 300 <&- 2>&-' &); exit 0";

    [Fact]
    public void A_group_that_is_removed_while_its_file_is_open_reads_as_gone()
    {
        using var place = new GroupPlace();
        string directory = Path.Combine(place.Groups.Place, "passing");
        Directory.CreateDirectory(directory);
        using var events = Libc.Open($"{directory}/cgroup.events", Libc.OpenFlags.ReadOnly | Libc.OpenFlags.CloseOnExec, 0);
        Assert.Contains("populated 0", CgroupFile.Read(events), StringComparison.Ordinal);

        Assert.True(new RunCgroup(directory, Guid.Empty).TryRemove());

        Assert.Null(CgroupFile.Read(events));
    }

    [Fact]
    public async Task A_kill_reaches_a_daemon_that_cut_every_other_tie()
    {
        using var place = new GroupPlace();
        var (run, group) = place.Start(Daemon);
        using var _ = run;
        int daemon = await run.NextPid();
        await run.Ended();
        Assert.Empty(run.Find());
        Assert.Equal([daemon], group.Processes().Select(process => process.Pid));
        Assert.False(RunSignal.IsGone(group, run.Root.Pid, run.Root.StartTime, run.RunId, 0));

        var report = GroupPlace.Signal(run, group, SigKill);

        Assert.Empty(report.Remaining);
        Assert.False(SampleRun.IsAlive(daemon));
        Assert.True(RunSignal.IsGone(group, run.Root.Pid, run.Root.StartTime, run.RunId, 0));
    }

    [Fact]
    public async Task A_kill_reaches_a_child_that_left_the_group_and_loses_its_parent_to_the_kill()
    {
        using var place = new GroupPlace();
        var (run, group) = place.Start("mkdir $1/../out; sh -c 'echo $$ > '$1'/../out/cgroup.procs; exec env -i setsid sh -c \"echo \\$\\$; exec sleep 300\"' & wait");
        using var _ = run;
        int child = await run.NextPid();
        var left = new RunCgroup(Path.Combine(place.Groups.Place, "out"), Guid.Empty);
        Assert.Equal([child], left.Processes().Select(process => process.Pid));

        Assert.Empty(GroupPlace.Signal(run, group, SigKill).Remaining);

        Assert.False(SampleRun.IsAlive(child));
        Assert.True(left.TryRemove());
    }

    [Fact]
    public async Task Another_signal_reaches_each_process_of_group_and_tree_once()
    {
        using var place = new GroupPlace();
        var (run, group) = place.Start(
            "trap 'echo root' TERM; (trap 'echo member; exit' TERM; echo up; while :; do sleep 300 & wait; done) & "
            + "(setsid env -i sh -c 'trap \"echo daemon; exit\" TERM; echo up; while :; do sleep 300 & wait; done' &); echo up; wait; wait; echo end; sleep 300");
        using var _ = run;
        for (int i = 0; i < 3; i++)
            Assert.Equal("up", await run.NextLine());

        var report = GroupPlace.Signal(run, group, SigTerm);

        Assert.Empty(report.Remaining);
        string[] said = [await run.NextLine(), await run.NextLine(), await run.NextLine(), await run.NextLine()];
        Assert.Equal(["daemon", "end", "member", "root"], said.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Groups_that_the_task_made_are_killed_and_removed_with_it()
    {
        using var place = new GroupPlace();
        var (run, group) = place.Start("mkdir -p $1/a/b $1/c; sh -c 'echo $$ > '$1'/a/b/cgroup.procs; echo $$; exec env -i sleep 300' & wait");
        using var _ = run;
        int below = await run.NextPid();
        Assert.False(group.TryRemove());
        Assert.Contains(below, group.Processes().Select(process => process.Pid));

        Assert.Empty(GroupPlace.Signal(run, group, SigKill).Remaining);

        Assert.False(SampleRun.IsAlive(below));
        Assert.True(group.TryRemove());
        Assert.False(group.Exists);
        Assert.True(group.TryRemove());
    }

    [Fact]
    public async Task Waiting_for_emptiness_ends_with_the_last_process_and_costs_nothing()
    {
        using var place = new GroupPlace();
        var (run, group) = place.Start("echo up; exec sleep 300");
        using var _ = run;
        await run.NextLine();
        var used = OwnProcessorTime();
        Assert.False(group.WaitUntilEmpty(TimeSpan.FromMilliseconds(200)));
        Assert.True(OwnProcessorTime() - used < TimeSpan.FromMilliseconds(150));

        var waiting = Task.Factory.StartNew(() => group.WaitUntilEmpty(TimeSpan.FromSeconds(60)), TaskCreationOptions.LongRunning);
        Assert.False(waiting.IsCompleted);
        Assert.Equal(0, group.Kill());

        Assert.True(await waiting);
        Assert.True(group.IsEmpty);
    }

    [Fact]
    public void A_group_that_is_gone_is_empty_and_may_be_killed()
    {
        using var place = new GroupPlace();
        var group = place.Make(Guid.NewGuid());
        Assert.True(group.TryRemove());
        Assert.Equal(0, group.Kill());
        Assert.True(group.IsEmpty);
        Assert.True(group.WaitUntilEmpty(TimeSpan.Zero));
        Assert.Empty(group.Processes());
    }

    /// <summary>What this thread has used: the others of this process have work of their own. The first number of schedstat, in nanoseconds (Documentation/scheduler/sched-stats).</summary>
    private static TimeSpan OwnProcessorTime() =>
        TimeSpan.FromMicroseconds(long.Parse(File.ReadAllText("/proc/thread-self/schedstat").Split(' ')[0], CultureInfo.InvariantCulture) / 1000.0);
}
