using System.Runtime.CompilerServices;
using Overseer.Core.Tasks;
using Overseer.Core.Tasks.Storage;
using Overseer.Recorder.Tests.Journal;
using Overseer.Storage;
using Overseer.Storage.Migrations;

namespace Overseer.Server.Tests.Storage;

/// <summary>
/// A database of each version lies in <c>Databases/</c>. The program made it (<c>Overseer.Server.Tests store-child keep versionN.db</c>) when that was the newest
/// version, and it is never made again.
/// </summary>
public sealed class StoreMigrationTests
{
    /// <summary>Where a run can stand.</summary>
    internal static readonly TaskPhase[] Phases = [TaskPhase.Starting, TaskPhase.Running, TaskPhase.Stopping, TaskPhase.Killing, TaskPhase.Ended];

    /// <summary>What <c>version3.db</c> was made from, and what it means since.</summary>
    private static EngineChanges Version3 { get; } = new()
    {
        Adopted = [.. Enumerable.Range(13, 24).Select(number => Records.Adopted(number))],
        SeenAt = new DateTimeOffset(2026, 3, 1, 12, 0, 0, 456, TimeSpan.Zero),
        SnapshotTaken = true,
        Tasks = [.. Enumerable.Range(1, 12).Select(number => Records.Task(number))],
        Runs = [.. Enumerable.Range(1, 12).SelectMany(number => Enumerable.Range(1, 5).Select(ordinal => Records.Run(number, ordinal, Phases[ordinal - 1])))],
        LastNumber = 40,
    };

    /// <summary>What <c>version4.db</c> was made from.</summary>
    internal static EngineChanges Version4 { get; } = Version3 with
    {
        Runs = [.. Version3.Runs.Select(run => run.Task % 3 == 0 ? run with { Host = "docker", Reference = $"unix:///run/engine.sock {run.Ordinal}", Note = run.Ordinal % 2 == 0 ? "out of memory" : null } : run)],
    };

    /// <summary>What <c>version2.db</c> was made from, and what it means since.</summary>
    private static EngineChanges Version2 { get; } = Version3 with { Adopted = [], SeenAt = null, SnapshotTaken = false };

    /// <summary>What <c>version1.db</c> was made from, and what it means since.</summary>
    private static EngineChanges Version1 { get; } = Version2 with
    {
        Tasks = [.. Version2.Tasks.Select(task => task with { Standing = task.Standing with { ExitCount = 0, Place = 0, Forced = false, Requeue = false } })],
    };

    [Fact]
    public void A_database_of_version_1_is_read() => IsRead("version1.db", Version1);

    [Fact]
    public void A_database_of_version_2_is_read() => IsRead("version2.db", Version2);

    [Fact]
    public void A_database_of_version_3_is_read() => IsRead("version3.db", Version3);

    [Fact]
    public void A_database_of_version_4_is_read() => IsRead("version4.db", Version4);

    private static void IsRead(string name, EngineChanges made)
    {
        using var place = new TempDirectory();
        var path = Copy(name, place);
        using (var store = SqliteTaskStore.Open(path))
        {
            Assert.Equivalent(new StoredState { Tasks = made.Tasks, Runs = made.Runs, Adopted = made.Adopted, SeenAt = made.SeenAt, SnapshotTaken = made.SnapshotTaken, LastNumber = 40, Epoch = 1 }, store.Load(), strict: true);
            store.Commit(new EngineChanges { Tasks = [Records.Task(41)] });
        }

        using (var store = SqliteTaskStore.Open(path)) Assert.Equal(13, store.Load().Tasks.Count);
    }

    [Fact]
    public void A_new_database_has_the_schema_that_the_migrations_lead_to()
    {
        using var place = new TempDirectory();
        var path = Copy("version1.db", place);
        var made = Path.Join(place.Path, "new.db");
        SqliteTaskStore.Open(path).Dispose();
        SqliteTaskStore.Open(made).Dispose();
        Assert.Equal(SchemaOf(made), SchemaOf(path));
    }

    [Fact]
    public void Every_version_has_a_database() => Assert.Equal(
        Enumerable.Range(1, Migration.Latest).Select(version => $"version{version}.db"),
        Directory.GetFiles(Databases()).Select(Path.GetFileName).Order(StringComparer.Ordinal));

    [Fact]
    public void A_step_that_fails_leaves_the_database_as_it_was()
    {
        using var place = new TempDirectory();
        var path = Copy("version1.db", place);
        using (var connection = StoreConnection.Open(path))
        {
            Assert.Throws<StoreException>(() => connection.Transact("changed", connection, static at =>
            {
                at.Execute("ALTER TABLE tasks ADD COLUMN more TEXT; PRAGMA user_version = 2");
                at.Execute("ALTER TABLE none ADD COLUMN more TEXT");
            }));
        }

        using var store = SqliteTaskStore.Open(path);
        Assert.Equal(12, store.Load().Tasks.Count);
    }

    private static string Databases([CallerFilePath] string here = "") => Path.Join(Path.GetDirectoryName(here), "Databases");

    private static string Copy(string name, TempDirectory place)
    {
        var path = Path.Join(place.Path, name);
        File.Copy(Path.Join(Databases(), name), path);
        return path;
    }

    private static string SchemaOf(string path)
    {
        using var connection = StoreConnection.Open(path);
        return $"{connection.Value("SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_master ORDER BY name)")}";
    }
}
