using Overseer.Core.Registry;
using Overseer.Core.Tasks;
using Overseer.Registry;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Registry;

/// <summary>Who dies of a kill, and who does not.</summary>
public sealed class KillTests
{
    private static CancellationToken Soon => new CancellationTokenSource(WireClient.Deadline).Token;

    [Fact]
    public async Task A_member_of_a_shells_job_dies_alone()
    {
        await using var server = await RunningServer.StartAsync();
        await using var job = await Foreigner.StartAsync("sleep 1000 & echo $!; sleep 1000 & echo $!; wait", 2);
        var entry = await AddAsync(server, job.Pids[0]);
        Assert.Equal(job.Shell, entry.Pgid);

        var killed = Assert.IsType<KillOutcome.Killed>(await server.Registry.KillAsync(entry.Number, Soon)).Entry;

        Assert.Equal((false, -1, "SIGTERM"), (killed.IsAlive, killed.ExitCode, killed.Signal));
        Assert.False(Foreigner.Lives(job.Pids[0]));
        Assert.True(Foreigner.Lives(job.Pids[1]));
        Assert.True(Foreigner.Lives(job.Shell));
    }

    [Fact]
    public async Task The_leader_of_a_group_takes_its_group_along_and_nobody_else()
    {
        await using var server = await RunningServer.StartAsync();
        await using var job = await Foreigner.StartAsync("setsid sh -c 'echo $$; sleep 1000 & echo $!; wait' & sleep 1000 & echo $!; wait", 3);
        var leader = job.Pids.Single(pid => Recorder.Processes.ProcessStat.TryRead(pid, out var stat) && stat.Group == pid);
        var others = job.Pids.Where(pid => pid != leader).ToList();
        var member = others.Single(pid => Recorder.Processes.ProcessStat.TryRead(pid, out var stat) && stat.Group == leader);
        var entry = await AddAsync(server, leader);

        Assert.IsType<KillOutcome.Killed>(await server.Registry.KillPidAsync(leader, Soon));

        Assert.Equal(leader, entry.Pgid);
        Assert.False(Foreigner.Lives(leader));
        Assert.False(Foreigner.Lives(member));
        Assert.True(Foreigner.Lives(others.Single(pid => pid != member)));
        Assert.True(Foreigner.Lives(job.Shell));
    }

    [Fact]
    public async Task Who_ignores_SIGTERM_is_killed_with_those_of_its_group_that_do()
    {
        await using var server = await RunningServer.StartAsync();
        await using var job = await Foreigner.StartAsync("setsid sh -c \"sh -c 'trap : TERM; echo \\$\\$; while :; do sleep 0.1; done' & echo \\$\\$; wait\" & wait", 2);
        var leader = job.Pids.Single(pid => Recorder.Processes.ProcessStat.TryRead(pid, out var stat) && stat.Group == pid);
        var entry = await AddAsync(server, leader);

        // The leader ends at once, the other one only when the grace time does.
        var killed = Assert.IsType<KillOutcome.Killed>(await server.Registry.KillAsync(entry.Number, Soon)).Entry;

        Assert.Equal("SIGTERM", killed.Signal);
        Assert.All(job.Pids, pid => Assert.False(Foreigner.Lives(pid)));
    }

    [Fact]
    public async Task A_stopped_process_is_woken_to_take_the_signal()
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await using var sleeper = await Foreigner.StartAsync("sh -c 'trap \"exit 3\" TERM; echo $$; while :; do sleep 0.05; done' & wait");
        var entry = await AddAsync(server, sleeper.Pid);
        await client.AskAsync("subscribe", ("task_id", entry.TaskId));
        Foreigner.Signal(19, sleeper.Pid);

        await client.SendAsync("stop", ("task_id", entry.TaskId), ("grace", "20s"));

        var exited = await client.ExpectAsync("exited", entry.TaskId);
        Assert.Equal((3, true), (exited.ExitCode, exited.Intentional));
        Assert.Equal("task is not running", (await client.AskAsync("stop", ("task_id", entry.TaskId))).Message);
    }

    [Fact]
    public async Task A_stop_without_time_kills_what_would_not_end()
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await using var stubborn = await Foreigner.StartAsync("sh -c 'trap : TERM; echo $$; while :; do sleep 0.05; done' & wait");
        var entry = await AddAsync(server, stubborn.Pid);
        await client.AskAsync("subscribe", ("task_id", entry.TaskId));

        await client.SendAsync("stop", ("task_id", entry.TaskId), ("grace", "100ms"));

        var exited = await client.ExpectAsync("exited", entry.TaskId);
        Assert.Equal((-1, "SIGKILL", true), (exited.ExitCode, exited.Signal, exited.Intentional));
    }

    [Fact]
    public async Task What_cannot_be_killed_is_told_apart()
    {
        await using var server = await RunningServer.StartAsync();
        await using var sleeper = await Foreigner.StartAsync("sleep 1000 & echo $!; wait; sleep 1000");
        var entry = await AddAsync(server, sleeper.Pid);
        await server.Registry.KillAsync(entry.Number, Soon);

        Assert.Equal("no such process", Assert.IsType<KillOutcome.Failed>(await server.Registry.KillAsync(entry.Number, Soon)).Reason);
        Assert.IsType<KillOutcome.NotFound>(await server.Registry.KillAsync(99, Soon));
        Assert.IsType<KillOutcome.NotFound>(await server.Registry.KillPidAsync(sleeper.Shell, Soon));
        Assert.IsType<KillOutcome.InvalidPid>(await server.Registry.KillPidAsync(0, Soon));
        Assert.True(Foreigner.Lives(sleeper.Shell));
    }

    [Fact]
    public async Task This_server_never_signals_itself_and_says_that_it_is_still_there()
    {
        await using var server = await RunningServer.StartAsync();
        var entry = await AddAsync(server, Environment.ProcessId);
        Assert.Equal([Environment.ProcessId], Assert.IsType<KillOutcome.Survived>(await server.Registry.KillAsync(entry.Number, Soon)).Pids);
        Assert.IsType<RemoveOutcome.Removed>(await server.Registry.RemoveAsync(entry.Number, Soon));
    }

    [Fact]
    public async Task A_task_of_our_own_is_listed_stopped_and_removed_too()
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();
        var started = await client.StartShellAsync("own", "sleep 1000", ("name", "mine"));
        var entry = Assert.Single(await server.Registry.ListAsync(new RegistryFilter { Text = " sleep 1000 ", AliveOnly = true }));
        Assert.Equal((1, started.Pid, "mine", TaskOrigin.Action, true), (entry.Number, entry.Pid, entry.Name, entry.Origin, entry.IsAlive));
        Assert.Equal("task has not ended; stop it first", Assert.IsType<RemoveOutcome.Refused>(await server.Registry.RemoveAsync(1, Soon)).Message);

        var killed = Assert.IsType<KillOutcome.Killed>(await server.Registry.KillAsync(1, Soon)).Entry;

        Assert.Equal((false, "SIGTERM"), (killed.IsAlive, killed.Signal));
        Assert.IsType<RemoveOutcome.Removed>(await server.Registry.RemoveAsync(1, Soon));
        Assert.IsType<RemoveOutcome.NotFound>(await server.Registry.RemoveAsync(1, Soon));
        Assert.Empty(await client.ListAsync());
    }

    [Fact]
    public async Task The_outcomes_of_adding_are_told_apart_in_the_order_of_the_original()
    {
        await using var server = await RunningServer.StartAsync();
        await using var sleepers = await Foreigner.StartAsync("sleep 1000 & echo $!; sleep 1000 & echo $!; wait", 2);
        var first = await AddAsync(server, sleepers.Pids[0], "one");
        Assert.IsType<AddOutcome.InvalidPid>(await server.Registry.AddAsync(0, "a b", [], [], null, Soon));
        Assert.Equal("no such process", Assert.IsType<AddOutcome.NoSuchProcess>(await server.Registry.AddAsync(int.MaxValue, "a b", [], [], null, Soon)).Reason);
        Assert.StartsWith("name \"a b\" contains", Assert.IsType<AddOutcome.Refused>(await server.Registry.AddAsync(sleepers.Pids[0], "a b", [], [], null, Soon)).Message, StringComparison.Ordinal);
        Assert.Equal(first.Number, Assert.IsType<AddOutcome.AlreadyRegistered>(await server.Registry.AddAsync(sleepers.Pids[0], "one", [], [], null, Soon)).Entry.Number);
        Assert.Equal("name \"one\" is already in use", Assert.IsType<AddOutcome.Refused>(await server.Registry.AddAsync(sleepers.Pids[1], "one", [], [], null, Soon)).Message);
        Assert.Null((await AddAsync(server, sleepers.Pids[1], "  ")).Name);
        Assert.Equal(0, await server.Registry.RenameTagAsync("x", "y", Soon));
        await server.Registry.ResetAsync(Soon);
        Assert.Empty(await server.Registry.ListAsync(RegistryFilter.All));
        Assert.Equal(1, (await AddAsync(server, sleepers.Pids[1], "one")).Number);
    }

    private static async Task<RegistryEntry> AddAsync(RunningServer server, int pid, string? name = null) =>
        Assert.IsType<AddOutcome.Added>(await server.Registry.AddAsync(pid, name, [], [], null, Soon)).Entry;
}
