using System.Diagnostics;
using Overseer.Configuration;
using Overseer.Core.Tasks;
using Overseer.Core.Tasks.Storage;
using Overseer.Storage;

namespace Overseer.Server.Tests.Storage;

public sealed class SqliteTaskStoreTests : StorePlace
{
    [Fact]
    public void Every_field_of_tasks_and_runs_comes_back()
    {
        var tasks = Enumerable.Range(1, 60).Select(number => Records.Task(number)).ToList();
        var runs = tasks.SelectMany(task => StoreMigrationTests.Phases.Select((phase, i) => Records.Run(task.Number, i + 1, phase))).ToList();
        using (var store = Open())
        {
            Assert.Equivalent(StoredState.Empty, store.Load(), strict: true);
            store.Commit(new EngineChanges { Tasks = tasks, Runs = runs, LastNumber = 77 });
        }

        Assert.Equivalent(new StoredState { Tasks = tasks, Runs = runs, LastNumber = 77, Epoch = 2 }, Stored(), strict: true);
    }

    [Theory]
    [InlineData("a\u0000b ü€😀 \"'\n\\", 1)]
    [InlineData("", 1)]
    [InlineData("ü\"", 100_000)]
    public void A_text_is_kept_whole_whatever_is_in_it(string part, int times)
    {
        var text = string.Concat(Enumerable.Repeat(part, times));
        var task = Records.Task(1) with { TaskId = text, Name = text, Action = text, Command = text, Standing = new TaskStanding { ErrorMessage = text }, Args = [text], Params = new Dictionary<string, string> { [text] = text } };
        using (var store = Open())
        {
            store.Load();
            store.Commit(new EngineChanges { Tasks = [task] });
        }

        Assert.Equivalent(task, Assert.Single(Stored().Tasks), strict: true);
    }

    [Fact]
    public void A_change_replaces_what_was_stored_and_leaves_the_runs()
    {
        var changed = Records.Task(2) with { Number = 1, TaskId = "task-1" };
        var ended = Records.Run(1, 1) with { ExitCode = 3, Signal = 0 };
        using (var store = Open())
        {
            store.Load();
            store.Commit(new EngineChanges { Tasks = [Records.Task(1)], Runs = [Records.Run(1, 1, TaskPhase.Running)] });
            store.Commit(new EngineChanges { Tasks = [changed] });
            store.Commit(new EngineChanges { Runs = [ended] });
        }

        var found = Stored();
        Assert.Equivalent(changed, Assert.Single(found.Tasks), strict: true);
        Assert.Equal(ended, Assert.Single(found.Runs));
    }

    [Fact]
    public void A_forgotten_task_takes_its_runs_along_and_frees_its_id_in_the_same_commit()
    {
        using (var store = Open())
        {
            store.Load();
            store.Commit(new EngineChanges { Tasks = [Records.Task(1), Records.Task(2)], Runs = [Records.Run(1, 1), Records.Run(2, 1), Records.Run(2, 2)] });
            store.Commit(new EngineChanges
            {
                Forgotten = [1, 99],
                RemovedRuns = [Records.Run(2, 2), Records.Run(50, 1)],
                Tasks = [Records.Task(3) with { TaskId = "task-1" }],
                Runs = [Records.Run(3, 1)],
            });
        }

        var found = Stored();
        Assert.Equal([2, 3], found.Tasks.Select(task => task.Number));
        Assert.Equal([Records.Run(2, 1), Records.Run(3, 1)], found.Runs);
    }

    [Fact]
    public void The_last_number_never_goes_back_and_is_stored_without_any_other_change()
    {
        using (var store = Open())
        {
            store.Load();
            store.Commit(new EngineChanges { LastNumber = 5 });
            store.Commit(new EngineChanges { LastNumber = 3, Tasks = [Records.Task(1)] });
        }

        using (var store = Open())
        {
            store.Commit(new EngineChanges { LastNumber = 4 });
        }

        Assert.Equal(5, Stored().LastNumber);
    }

    [Fact]
    public void Each_start_of_a_server_is_counted() => Assert.Equal([1, 2, 3], Enumerable.Range(0, 3).Select(_ => Stored().Epoch));

    [Fact]
    public void The_latest_runs_of_a_task_are_kept_and_what_is_not_over()
    {
        using (var store = Open())
        {
            store.Load();
            store.Commit(new EngineChanges { Tasks = [Records.Task(1), Records.Task(2)], Runs = [Records.Run(1, 1, TaskPhase.Running), Records.Run(2, 1)] });
            for (var ordinal = 2; ordinal <= RunRows.Kept + 10; ordinal++)
            {
                store.Commit(new EngineChanges { Runs = [Records.Run(1, ordinal, TaskPhase.Starting)] });
                store.Commit(new EngineChanges { Runs = [Records.Run(1, ordinal)] });
            }
        }

        var runs = Stored().Runs;
        Assert.Equal([1, .. Enumerable.Range(11, RunRows.Kept)], runs.Where(run => run.Task == 1).Select(run => run.Ordinal));
        Assert.Single(runs, run => run.Task == 2);
    }

    [Fact]
    public void A_commit_that_cannot_be_stored_changes_nothing_and_the_next_one_works()
    {
        using (var store = Open())
        {
            store.Load();
            store.Commit(new EngineChanges { Tasks = [Records.Task(1)] });
            var e = Assert.Throws<StoreException>(() => store.Commit(new EngineChanges { Tasks = [Records.Task(2), Records.Task(3) with { TaskId = "task-1" }], LastNumber = 9 }));
            Assert.Contains(Database, e.Message, StringComparison.Ordinal);
            store.Commit(new EngineChanges { Tasks = [Records.Task(4)], LastNumber = 4 });
        }

        var found = Stored();
        Assert.Equal([1, 4], found.Tasks.Select(task => task.Number));
        Assert.Equal(4, found.LastNumber);
    }

    [Fact]
    public async Task Others_can_look_with_sqlite3_while_the_server_writes()
    {
        using var store = Open();
        store.Load();
        store.Commit(new EngineChanges { Tasks = [Records.Task(1)] });
        using var look = Process.Start(new ProcessStartInfo("sqlite3", ["-readonly", Database, "SELECT task_id, created_at FROM tasks"]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var seen = await look.StandardOutput.ReadToEndAsync();
        await look.WaitForExitAsync();
        Assert.Equal("task-1|1772366401357567800\n", seen);
        store.Commit(new EngineChanges { Tasks = [Records.Task(2)] });
    }

    [Theory]
    [InlineData(Durability.Normal)]
    [InlineData(Durability.Full)]
    public void The_file_is_its_owners_alone_and_nothing_is_left_beside_it(Durability durability)
    {
        using (var store = Open(durability))
        {
            store.Load();
            store.Commit(new EngineChanges { Tasks = [Records.Task(1)] });
            foreach (var file in Directory.GetFiles(Place)) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }

        Assert.Equal([Database], Directory.GetFiles(Place));
        File.SetUnixFileMode(Database, (UnixFileMode)0b110_100_100);
        Stored();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Database));
    }

    [Fact]
    public void What_only_the_log_holds_is_found()
    {
        LeaveWithLog(Records.Task(1), Records.Task(2));
        Assert.Equal(2, Stored().Tasks.Count);
        Assert.Equal([Database], Directory.GetFiles(Place));
    }

    [Fact]
    public void A_link_leads_to_the_database()
    {
        var link = Path.Join(Place, "link.db");
        File.CreateSymbolicLink(link, Database);
        Stored();
        using (var store = SqliteTaskStore.Open(link))
        {
            Assert.Equal(2, store.Load().Epoch);
            Assert.Contains("in use by another server", Refused().Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Without_a_database_nothing_is_stored()
    {
        using var store = new NullTaskStore();
        store.Commit(new EngineChanges { Tasks = [Records.Task(1)], LastNumber = 1 });
        Assert.Equivalent(StoredState.Empty, store.Load(), strict: true);
    }
}
