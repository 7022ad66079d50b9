using Overseer.Recorder.Processes;

namespace Overseer.Recorder.Tests.Processes;

public sealed class ProcessTreeTests
{
    private const int SigKill = 9;
    private const int SigTerm = 15;
    private const int SigStop = 19;

    [Fact]
    public async Task Kill_reaches_descendants_that_left_the_process_group()
    {
        using var run = SampleRun.Start("setsid sleep 300 & echo $!; sleep 300 & echo $!; echo ready; wait");
        int[] children = [await run.NextPid(), await run.NextPid()];
        await run.NextLine();

        SignalReport report = run.Signal(SigKill);

        Assert.Empty(report.Remaining);
        Assert.True(report.Signalled >= 3);
        Assert.All([run.Root.Pid, .. children], pid => Assert.False(SampleRun.IsAlive(pid)));
    }

    [Fact]
    public async Task Kill_reaches_double_forked_orphans_by_their_mark_also_after_the_root_has_gone()
    {
        using var run = SampleRun.Start("(setsid sh -c 'echo $$; exec sleep 300' &); read -r line < /dev/null; exit 0");
        int orphan = await run.NextPid();
        await run.Ended();
        Assert.True(SampleRun.IsAlive(orphan));

        SignalReport report = run.Signal(SigKill);

        Assert.Equal(1, report.Signalled);
        Assert.Empty(report.Remaining);
        Assert.False(SampleRun.IsAlive(orphan));
    }

    [Fact]
    public async Task A_look_that_several_runs_share_finds_what_each_would_find_alone()
    {
        using var tree = SampleRun.Start("setsid sleep 300 & echo $!; (setsid sh -c 'echo $$; exec sleep 300' &); sleep 1000 & echo $!; wait");
        using var orphans = SampleRun.Start("(setsid sh -c 'env -i sleep 300 & echo $!; echo $$; wait' &); exit 0");
        int[] ofTree = [tree.Root.Pid, await tree.NextPid(), await tree.NextPid(), await tree.NextPid()];
        int[] ofOrphans = [await orphans.NextPid(), await orphans.NextPid()];
        await orphans.Ended();

        var snapshot = ProcessSnapshot.Take();

        Assert.Equal(ofTree.Order(), Find(tree).Order());
        Assert.Equal(ofOrphans.Order(), Find(orphans).Order());
        Assert.Equal(ofTree.Length, ProcessTree.Signal(tree.Root.Pid, tree.Root.StartTime, SigTerm, tree.RunId, 0, patience: null, [], snapshot).Signalled);
        await tree.Ended();
        Assert.Equal(ofOrphans.Order(), Find(orphans).Order());
        Assert.Equal(ofOrphans.Length, orphans.Signal(SigKill).Signalled);
        Assert.Empty(Find(orphans));

        IEnumerable<int> Find(SampleRun run) => ProcessTree.Find(run.Root.Pid, run.Root.StartTime, run.RunId, 0, snapshot).Select(process => process.Pid);
    }

    [Fact]
    public async Task Kill_reaches_children_of_orphans_that_cleared_their_environment()
    {
        using var run = SampleRun.Start("(setsid sh -c 'env -i sleep 300 & echo $!; echo $$; wait' &); exit 0");
        int[] left = [await run.NextPid(), await run.NextPid()];
        await run.Ended();

        Assert.Empty(run.Signal(SigKill).Remaining);

        Assert.All(left, pid => Assert.False(SampleRun.IsAlive(pid)));
    }

    [Fact]
    public async Task Kill_reaches_an_unmarked_member_of_a_lost_roots_session_when_a_marked_one_proves_the_session()
    {
        using var run = SampleRun.Start("env -i sleep 300 & echo $!; sleep 300 & echo $!; exit 0");
        int[] left = [await run.NextPid(), await run.NextPid()];
        await run.Ended();

        Assert.Empty(run.Signal(SigKill).Remaining);

        Assert.All(left, pid => Assert.False(SampleRun.IsAlive(pid)));
    }

    [Fact]
    public async Task Processes_that_ignore_SIGTERM_survive_it_and_are_found_and_killed_by_SIGKILL()
    {
        using var run = SampleRun.Start("trap '' TERM; sleep 300 & echo $!; wait; sleep 300");
        int child = await run.NextPid();

        SignalReport asked = run.Signal(SigTerm);

        Assert.Equal(2, asked.Signalled);
        Assert.Equal(2, run.Find().Count);
        Assert.True(SampleRun.IsAlive(child));
        Assert.Equal(2, run.Signal(SigKill).Signalled);
        Assert.Empty(run.Find());
    }

    [Fact]
    public async Task A_stopped_process_is_continued_so_that_it_can_act_on_SIGTERM()
    {
        using var run = SampleRun.Start("trap 'echo bye; exit 3' TERM; echo ready; while :; do sleep 0.05; done");
        await run.NextLine();
        run.Signal(SigStop);

        run.Signal(SigTerm);

        Assert.Equal("bye", await run.NextLine());
        await run.Ended();
    }

    [Fact]
    public async Task A_handler_of_SIGTERM_may_start_processes_to_clean_up()
    {
        using var run = SampleRun.Start("trap 'sh -c \"sleep 0.2; echo cleaned\"; exit 0' TERM; echo ready; while :; do sleep 0.05; done");
        await run.NextLine();

        run.Signal(SigTerm);

        Assert.Equal("cleaned", await run.NextLine());
    }

    [Theory]
    [InlineData("c() { if [ $1 -gt 0 ]; then c $(($1 - 1)) & else echo > \"$end\"; fi; }; end=$1; echo ready; c 990")]
    [InlineData("i=0; echo ready; while [ $i -lt 3000 ]; do sleep 300 & i=$((i + 1)); done; echo > \"$1\"; wait")]
    public async Task Kill_outruns_a_tree_that_keeps_forking(string script)
    {
        string end = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        using var run = SampleRun.Start(script, end);
        await run.NextLine();

        SignalReport report = run.Signal(SigKill);

        Assert.Empty(report.Remaining);
        Assert.Empty(run.Find());
        Assert.False(File.Exists(end), "it ran to its end before it was killed");
    }

    [Fact]
    public async Task A_reused_number_is_never_signalled()
    {
        // A process that leads its session and carries another run's mark stands for the stranger that has the number now.
        using var stranger = SampleRun.Start("sleep 300 & echo $!; wait");
        int child = await stranger.NextPid();

        SignalReport report = ProcessTree.Signal(stranger.Root.Pid, stranger.Root.StartTime - 1, SigKill, Guid.NewGuid());

        Assert.Equal(0, report.Signalled);
        Assert.Empty(report.Remaining);
        Assert.True(SampleRun.IsAlive(stranger.Root.Pid));
        Assert.True(SampleRun.IsAlive(child));
    }

    [Fact]
    public async Task A_session_whose_leader_has_gone_is_not_taken_for_that_of_another_run()
    {
        using var other = SampleRun.Start("sleep 300 & echo $!; exit 0");
        int left = await other.NextPid();
        await other.Ended();

        SignalReport report = ProcessTree.Signal(other.Root.Pid, other.Root.StartTime, SigKill, Guid.NewGuid());

        Assert.Equal(0, report.Signalled);
        Assert.True(SampleRun.IsAlive(left));
    }

    [Fact]
    public async Task Processes_of_other_runs_are_left_alone()
    {
        using var other = SampleRun.Start("(setsid sh -c 'echo $$; exec sleep 300' &); sleep 300 & echo $!; wait");
        int[] others = [await other.NextPid(), await other.NextPid()];
        using var run = SampleRun.Start("(setsid sh -c 'echo $$; exec sleep 300' &); wait; sleep 300");
        await run.NextPid();

        run.Signal(SigKill);

        Assert.All([other.Root.Pid, .. others], pid => Assert.True(SampleRun.IsAlive(pid)));
    }

    [Fact]
    public void This_process_and_pid_1_are_never_part_of_a_tree()
    {
        Assert.True(ProcessStat.TryRead(Environment.ProcessId, out ProcessStat own));
        Assert.True(ProcessStat.TryRead(1, out ProcessStat init));

        Assert.DoesNotContain(ProcessTree.Find(own.Pid, own.StartTime, Guid.Empty), one => one.Pid == own.Pid);
        Assert.DoesNotContain(ProcessTree.Find(init.Pid, init.StartTime, Guid.Empty), one => one.Pid is 1 || one.Pid == own.Pid);
    }

    [Fact]
    public async Task The_recorder_is_never_signalled_even_as_a_descendant()
    {
        using var run = SampleRun.Start("sleep 300 & echo $!; wait; sleep 300");
        int recorder = await run.NextPid();

        ProcessTree.Signal(run.Root.Pid, run.Root.StartTime, SigKill, run.RunId, recorderPid: recorder);

        Assert.True(SampleRun.IsAlive(recorder));
        Assert.False(SampleRun.IsAlive(run.Root.Pid));
    }
}
