using System.Buffers.Binary;
using System.Diagnostics;
using Overseer.Core.Tasks.Storage;
using Overseer.Recorder.Tests.Journal;
using Overseer.Storage;
using Overseer.Storage.Migrations;

namespace Overseer.Server.Tests.Storage;

/// <summary>A database that cannot be used is refused with a message that says what to do, and left as it is.</summary>
public sealed class StoreRefusalTests : StorePlace
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_newer_one(bool withLog)
    {
        Fill(withLog);
        var newer = Migration.Latest + 1;
        Change(60, newer);
        RefusedUntouched($"was written by a newer Overseer (its schema is version {newer}, this program knows {Migration.Latest}); start the newer one");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void One_of_another_application(bool withLog)
    {
        Fill(withLog);
        Change(68, 0x42);
        RefusedUntouched("belongs to another application; choose another file with db");
    }

    [Fact]
    public void One_of_another_application_that_does_not_say_so()
    {
        Sql("CREATE TABLE x (y)");
        RefusedUntouched("belongs to another application");
    }

    [Theory]
    [InlineData("")]
    [InlineData("-- no database, but a text of some length that somebody named by mistake, longer than a header, so that it cannot be taken for one\n")]
    public void A_file_that_is_none(string text)
    {
        File.WriteAllText(Database, "x" + text);
        RefusedUntouched("is no database of SQLite, or its beginning is damaged");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_damaged_beginning(bool withLog)
    {
        Fill(withLog);
        Change(0, 0);
        RefusedUntouched("is no database of SQLite, or its beginning is damaged");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_damaged_page_in_the_middle(bool withLog)
    {
        Fill(withLog);
        var bytes = File.ReadAllBytes(Database);
        bytes.AsSpan(4096 * (bytes.Length / 4096 / 2), 4096).Fill(0x5a);
        File.WriteAllBytes(Database, bytes);
        RefusedUntouched("is damaged (");
    }

    [Fact]
    public void A_file_that_was_cut()
    {
        Fill(withLog: false);
        using (var file = File.OpenWrite(Database)) file.SetLength(file.Length / 2);
        RefusedUntouched("is damaged (");
    }

    [Fact]
    public void A_file_that_was_emptied_beside_its_log()
    {
        Fill(withLog: true);
        File.WriteAllBytes(Database, []);
        RefusedUntouched("is damaged (the file is empty, but its log is not)");
    }

    [Fact]
    public void A_value_without_a_meaning()
    {
        Fill(withLog: false);
        Sql("UPDATE tasks SET state = 'asleep' WHERE number = 7");
        using (var store = Open())
        {
            Assert.Contains("is damaged (the task with number 7: state is none)", Assert.Throws<StoreException>(store.Load).Message, StringComparison.Ordinal);
        }

        Sql("UPDATE tasks SET state = 'active' WHERE number = 7");
        Assert.Equal(1, Stored().Epoch);
    }

    [Fact]
    public void One_that_another_server_uses()
    {
        using (Open())
        {
            Assert.Contains($"the database {Database} is in use by another server; stop it", Refused().Message, StringComparison.Ordinal);
        }

        Assert.Equal(1, Stored().Epoch);
    }

    [Fact]
    public void One_in_a_directory_that_does_not_exist() =>
        Assert.Contains("its directory does not exist", Assert.Throws<StoreException>(() => SqliteTaskStore.Open(Path.Join(Place, "none", "overseer.db"))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_directory_in_its_place() =>
        Assert.Contains("is not writable", Assert.Throws<StoreException>(() => SqliteTaskStore.Open(Place)).Message, StringComparison.Ordinal);

    [Fact]
    public void One_on_a_file_system_that_cannot_be_written()
    {
        using var disk = new SmallDisk(4096);
        var path = Path.Join(disk.Path, "overseer.db");
        using (var store = SqliteTaskStore.Open(path)) store.Load();
        var before = File.ReadAllBytes(path);
        Mount("remount,ro", disk.Path);
        Assert.Contains($"the database {path} is not writable: ", Assert.Throws<StoreException>(() => SqliteTaskStore.Open(path)).Message, StringComparison.Ordinal);
        Mount("remount,rw", disk.Path);
        Assert.Equal(before, File.ReadAllBytes(path));
        using (var store = SqliteTaskStore.Open(path)) Assert.Equal(2, store.Load().Epoch);
    }

    private static void Mount(string options, string path) => Run("mount", "-o", options, path);

    private static void Run(params string[] line)
    {
        using var process = Process.Start(new ProcessStartInfo(line[0], line[1..]))!;
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    private void Sql(string sql) => Run("sqlite3", Database, sql);

    private void Fill(bool withLog)
    {
        using (var store = Open())
        {
            // Not loaded: the next one is the first start of a server.
            store.Commit(new EngineChanges { Tasks = [.. Enumerable.Range(1, 500).Select(number => Records.Task(number))], Runs = [.. Enumerable.Range(1, 500).Select(number => Records.Run(number, 1))] });
        }

        if (withLog) LeaveWithLog(Records.Task(1000));
    }

    /// <summary>Writes a number into the header.</summary>
    private void Change(int offset, int value)
    {
        using var file = File.Open(Database, FileMode.Open);
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        file.Position = offset;
        file.Write(bytes);
    }

    private void RefusedUntouched(string message)
    {
        var before = Files();
        var e = Refused();
        Assert.Contains(Database, e.Message, StringComparison.Ordinal);
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
        Assert.Equal(before, Files());
    }
}
