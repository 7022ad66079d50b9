using System.Diagnostics;
using Overseer.Core.Tasks.Storage;
using Overseer.Recorder.Tests.Journal;
using Overseer.Server.Tests.Harness;
using Overseer.Storage;

namespace Overseer.Server.Tests.Storage;

/// <summary>What the store promises when disks fill and processes die.</summary>
public sealed class StoreFaultTests : StorePlace
{
    private const int Kills = 30;

    [Fact]
    public void A_full_disk_changes_nothing_and_the_store_goes_on_when_there_is_room()
    {
        using var disk = new SmallDisk(1024);
        var path = Path.Join(disk.Path, "overseer.db");
        var filler = Path.Join(disk.Path, "filler");
        using (var store = SqliteTaskStore.Open(path))
        {
            store.Load();
            for (var round = 0; round < 3; round++)
            {
                store.Commit(Batch(round * 1000, 20));
                Fill(filler);
                var e = Assert.Throws<StoreException>(() =>
                {
                    for (var i = 1; i < 50; i++) store.Commit(Batch((round * 1000) + (i * 20), 20));
                });
                Assert.Contains($"the database {path} cannot be written: no space left on its file system; make room there", e.Message, StringComparison.Ordinal);
                Assert.Throws<StoreException>(() => store.Commit(Batch((round * 1000) + 990, 10) with { Forgotten = [.. Enumerable.Range(round * 1000, 900).Select(n => (long)n)] }));
                File.Delete(filler);
                store.Commit(new EngineChanges { Forgotten = [.. Enumerable.Range((round * 1000) + 20, 980).Select(n => (long)n)], LastNumber = round });
            }
        }

        using (var store = SqliteTaskStore.Open(path))
        {
            var found = store.Load();
            Assert.Equal(Enumerable.Range(0, 3).SelectMany(round => Enumerable.Range(round * 1000, 20)).Select(n => (long)n), found.Tasks.Select(task => task.Number));
            Assert.Equal(60, found.Runs.Count);
            Assert.Equal(2, found.LastNumber);
        }
    }

    [Fact]
    public void A_disk_that_is_full_at_the_start_is_said()
    {
        using var disk = new SmallDisk(64);
        Fill(Path.Join(disk.Path, "filler"));
        Assert.Contains("no space left", Assert.Throws<StoreException>(() => SqliteTaskStore.Open(Path.Join(disk.Path, "overseer.db"))).Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Every_acknowledged_change_survives_the_death_of_the_server()
    {
        var random = new Random(4711);
        var acknowledged = 0L;
        for (var kill = 0; kill < Kills; kill++)
        {
            using var child = Start(StoreChild.Commits);
            var until = acknowledged + 1 + random.Next(150);
            var first = acknowledged;
            while (acknowledged < until) acknowledged = await NextAsync(child);

            // The child goes on while it is killed: what it said until then counts.
            child.Kill();
            while (await child.StandardOutput.ReadLineAsync() is { Length: > 0 } line)
            {
                if (long.TryParse(line, out var number) && number == acknowledged + 1) acknowledged = number;
            }

            await child.WaitForExitAsync();
            Assert.True(acknowledged > first);

            using (var connection = StoreConnection.Open(Database)) Assert.Equal("ok", connection.Value("PRAGMA integrity_check"));
            using var store = Open();
            var found = store.Load();
            var last = found.LastNumber;
            Assert.True(last >= acknowledged, $"change {acknowledged} was acknowledged, but {last} is the last one that is stored");
            var expected = Enumerable.Range((int)Math.Max(1, last - 49), (int)Math.Min(50, last)).Select(n => (long)n).ToList();
            Assert.Equal(expected, found.Tasks.Select(task => task.Number));
            Assert.Equal(expected, found.Runs.Select(run => run.Task));
            Assert.Equivalent(Records.Task(last), found.Tasks[^1], strict: true);
            Assert.Equal(Records.Run(last, 1, Core.Tasks.TaskPhase.Running), found.Runs[^1]);
            acknowledged = last;
        }
    }

    [Fact]
    public async Task Without_the_systems_library_the_copy_beside_the_program_is_used()
    {
        using var child = Start(StoreChild.Library, (SqliteLibrary.Variable, SqliteLibrary.Bundled));
        var said = await child.StandardOutput.ReadToEndAsync();
        await child.WaitForExitAsync();
        Assert.Equal("3.35.5\n2 2 2\n", said);
        Assert.Equal(3, Stored().Epoch);
    }

    private static EngineChanges Batch(int first, int count) => new()
    {
        Tasks = [.. Enumerable.Range(first, count).Select(number => Records.Task(number))],
        Runs = [.. Enumerable.Range(first, count).Select(number => Records.Run(number, 1))],
    };

    private static void Fill(string path)
    {
        using var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
        var block = new byte[4096];
        try
        {
            for (var offset = 0L; ; offset += block.Length) RandomAccess.Write(file, block, offset);
        }
        catch (IOException)
        {
            // Full.
        }
    }

    private static async Task<long> NextAsync(Process child)
    {
        var line = await child.StandardOutput.ReadLineAsync().WaitAsync(WireClient.Deadline);
        return long.Parse(line ?? throw new InvalidOperationException("the child has ended"), System.Globalization.CultureInfo.InvariantCulture);
    }

    private Process Start(string role, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(Path.Join(AppContext.BaseDirectory, "Overseer.Server.Tests"), [StoreChild.Verb, role, Database]) { RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return Process.Start(start)!;
    }
}
