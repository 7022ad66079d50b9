using Overseer.Recorder.Flight;
using Overseer.Recorder.Spawning;
using Overseer.Recorder.Tests.Wire;

namespace Overseer.Recorder.Tests.Spawning;

/// <summary>Cgroup, user, limits, and the slot of the flight page.</summary>
public abstract partial class SpawnerContract
{
    private const int Nobody = 65534;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_child_is_in_its_cgroup_from_the_start_and_so_are_its_children(bool ownProcess)
    {
        using var recorder = Start(ownProcess);
        using var cgroup = new TestCgroup();
        var request = RecorderUnderTest.Shell("cat /proc/self/cgroup & cat /proc/$$/cgroup; wait") with { Cgroup = cgroup.Path };
        Assert.Equal(0, recorder.Run(request).ExitCode);
        var places = recorder.Lines(request).Where(l => l.StartsWith("0::", StringComparison.Ordinal)).ToList();
        Assert.Equal(["0::/" + cgroup.Name, "0::/" + cgroup.Name], places);
    }

    [Fact]
    public void A_missing_cgroup_is_said_by_name_and_nothing_starts()
    {
        using var recorder = Start(false);
        string missing = TestCgroup.Root + "/no-such-group";
        var failure = recorder.Fail(RecorderUnderTest.Shell("echo x") with { Cgroup = missing });
        Assert.Equal((SpawnStep.Cgroup, 2, missing), (failure.Step, failure.Errno, failure.Path));
        Assert.Equal($"cannot start /bin/sh: the cgroup {missing} does not take it: no such file or directory (ENOENT)", failure.Message);

        var none = recorder.Fail(RecorderUnderTest.Shell("echo x") with { Cgroup = recorder.Root });
        Assert.Equal((SpawnStep.Cgroup, 9), (none.Step, none.Errno));
        Assert.Empty(recorder.Events.All.OfType<RecordedEvents.Started>());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_child_runs_as_its_user_without_any_other_group(bool ownProcess)
    {
        using var recorder = Start(ownProcess);
        var request = RecorderUnderTest.Request("/bin/cat", "/proc/self/status") with { User = new SpawnUser(Nobody, Nobody) };
        recorder.Run(request);
        var lines = recorder.Lines(request);
        Assert.Contains("Uid:\t65534\t65534\t65534\t65534", lines);
        Assert.Contains("Gid:\t65534\t65534\t65534\t65534", lines);
        Assert.Equal("Groups:", lines.Single(l => l.StartsWith("Groups:", StringComparison.Ordinal)).TrimEnd());
        Assert.Contains("CapEff:\t0000000000000000", lines);
    }

    [Fact]
    public void Starting_as_a_user_leaves_the_recorder_as_it_was()
    {
        using var recorder = Start(false);
        recorder.Run(RecorderUnderTest.Request("/bin/true") with { User = new SpawnUser(Nobody, Nobody) });
        Assert.Equal(1, Interop.Interop.ProcessControl(Interop.Interop.PR_GET_DUMPABLE, 0, 0, 0, 0));
        Assert.Contains("Uid:\t0\t0\t0\t0", File.ReadAllLines("/proc/self/status"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Limits_are_set(bool ownProcess)
    {
        using var recorder = Start(ownProcess);
        var request = RecorderUnderTest.Request("/bin/cat", "/proc/self/limits") with
        {
            Limits = new SpawnLimits { OpenFiles = 77, Processes = 1234, MemoryBytes = 512L * 1024 * 1024 },
        };
        recorder.Run(request);
        var limits = recorder.Lines(request).ToDictionary(l => l[..26].TrimEnd(), l => l[26..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[..2]);
        Assert.Equal(["77", $"{NoFileLimit.Current().Hard}"], limits["Max open files"]);
        Assert.Equal(["1234", "1234"], limits["Max processes"]);
        Assert.Equal(["536870912", "536870912"], limits["Max address space"]);
    }

    [Fact]
    public void A_limit_of_processes_stops_a_user_who_forks()
    {
        using var recorder = Start(false);
        var request = RecorderUnderTest.Shell("sleep 1 & sleep 1 & sleep 1 & sleep 1 & sleep 1; echo not reached") with
        {
            // Root is never stopped by it; each of these users has no other processes.
            User = new SpawnUser(54_321 + (int)_way.Choice + (_way.Kept ? 10 : 0), Nobody),
            Limits = new SpawnLimits { Processes = 3 },
        };
        Assert.Equal(2, recorder.Run(request).ExitCode);
        Assert.Contains(recorder.Lines(request, Overseer.Recorder.Journal.OutputStream.Stderr), l => l.Contains("fork", StringComparison.OrdinalIgnoreCase));
        Assert.Empty(recorder.Lines(request));
    }

    [Fact]
    public void A_limit_that_cannot_be_set_fails_the_start()
    {
        using var recorder = Start(false);
        var failure = recorder.Fail(RecorderUnderTest.Shell("echo x") with { Limits = new SpawnLimits { OpenFiles = 1L << 40 } });
        Assert.Equal(SpawnStep.Limits, failure.Step);
        Assert.Contains("the limit of open files cannot be set", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_slot_has_the_pid_before_the_program_runs(bool ownProcess)
    {
        using var recorder = Start(ownProcess);
        var run = Guid.NewGuid();
        Assert.True(recorder.Flight.TryReserve(run, out int slot));
        // The program itself looks: its pid is at the slot of the page, or its file is in the directory.
        var request = RecorderUnderTest.Shell($"echo $$; od -An -td4 -j{4096 + (slot * 32) + 16} -N4 {recorder.Places.FlightPath}; ls {recorder.Flight.Claims.PathOf(run)}") with
        {
            RunId = run,
            FlightSlot = slot,
        };
        recorder.Run(request);
        var lines = recorder.Lines(request);
        Assert.Contains(lines[0], lines.Skip(1).Select(l => l.Trim()));
        Assert.Equal(lines[0], $"{recorder.Flight.PidAt(slot)}");
        recorder.Flight.Release(slot);
        Assert.False(Directory.Exists(recorder.Flight.Claims.PathOf(run)));
    }

    [Fact]
    public void A_failed_start_leaves_no_pid_and_may_be_asked_for_again()
    {
        using var recorder = Start(false);
        var request = RecorderUnderTest.Request("/no/such");
        Assert.True(recorder.Flight.TryReserve(request.RunId, out int slot));
        recorder.Fail(request with { FlightSlot = slot });
        Assert.Equal(0, recorder.Flight.PidAt(slot));
        recorder.Run(request with { FlightSlot = slot, File = "/bin/true" });
        Assert.NotEqual(0, recorder.Flight.PidAt(slot));
    }

    [Fact]
    public void A_run_that_was_started_by_another_recorder_is_not_started_again()
    {
        using var recorder = Start(true);
        var request = RecorderUnderTest.Shell("exit 3");
        Assert.True(recorder.Flight.TryReserve(request.RunId, out int slot));
        recorder.Run(request with { FlightSlot = slot });
        recorder.Link.Stored(request.RunId);
        var refused = recorder.Fail(request with { FlightSlot = slot });
        Assert.Contains("it was before, as process", refused.Message, StringComparison.Ordinal);

        recorder.Flight.Release(slot);
        var other = recorder.Fail(RecorderUnderTest.Shell("exit 3") with { FlightSlot = slot });
        Assert.Contains("is not this run's", other.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fifteen_hundred_starts_under_collections_all_end_as_they_should()
    {
        const int starts = 1500;
        using var recorder = Start(false);
        using var enough = new ManualResetEventSlim();
        var collector = new Thread(() =>
        {
            // Without a pause between them the collections leave the other threads next to no time.
            while (!enough.Wait(1))
            {
                GC.KeepAlive(new byte[100_000]);
                GC.Collect(0);
                GC.Collect();
            }
        });
        collector.Start();
        try
        {
            var requests = new List<SpawnRequest>();
            for (int i = 0; i < starts; i++)
            {
                var request = RecorderUnderTest.Request("/bin/sh", "-c", $"exit {i % 200}") with { JournalId = Guid.Empty };
                requests.Add(request);
                recorder.Spawn(request).Dispose();
                if (i % 32 == 31)
                    recorder.Events.WaitForExit(requests[i - 16].RunId);
            }
            for (int i = 0; i < starts; i++)
                Assert.Equal(i % 200, recorder.Events.WaitForExit(requests[i].RunId).ExitCode);
        }
        finally
        {
            enough.Set();
            collector.Join();
        }
        Assert.Equal(starts, recorder.Events.Count<RecordedEvents.Started>());
    }
}
