using Overseer.Configuration;
using Overseer.Core.Tasks.Storage;
using Overseer.Core.Time;
using Overseer.Storage.Migrations;

namespace Overseer.Storage;

/// <summary>
/// Tasks and runs in a SQLite database (WAL). Others may read it while the server runs, with sqlite3 as well; that is worth more than the few
/// microseconds that an exclusive lock would save. Whoever writes or keeps a transaction open there stands in the server's way.
/// </summary>
internal sealed class SqliteTaskStore : ITaskStore
{
    /// <summary>To what the log is cut back after it had to grow, because of somebody who kept reading.</summary>
    private const int LogBytes = 8 << 20;

    private readonly StoreFile _file;
    private readonly StoreConnection _connection;
    private readonly TaskRows _tasks;
    private readonly RunRows _runs;
    private readonly AdoptedRows _adopted;
    private readonly StoreStatement _countNumber;
    private readonly StoreStatement _resetNumber;
    private readonly StoreStatement _countEpoch;
    private readonly StoreStatement _seen;
    private readonly StoreStatement _snapshotTaken;
    private long _lastNumber;

    private SqliteTaskStore(StoreFile file, StoreConnection connection)
    {
        _file = file;
        _connection = connection;
        _tasks = new TaskRows(connection);
        _runs = new RunRows(connection);
        _adopted = new AdoptedRows(connection);
        _countNumber = connection.Prepare("UPDATE meta SET value = max(value, $value) WHERE key = 'last_number'");
        _resetNumber = connection.Prepare("UPDATE meta SET value = $value WHERE key = 'last_number'");
        _seen = connection.Prepare("UPDATE meta SET value = $value WHERE key = 'seen_at'");
        _snapshotTaken = connection.Prepare("UPDATE meta SET value = 1 WHERE key = 'snapshot_taken'");
        _countEpoch = connection.Prepare("UPDATE meta SET value = value + 1 WHERE key = 'epoch'");
    }

    /// <summary>Opens a database, which is made when there is none, and brings it to this version's schema.</summary>
    /// <param name="path">The file.</param>
    /// <param name="durability">What a commit survives.</param>
    /// <exception cref="StoreException">It cannot be used; as it was is how it is.</exception>
    public static SqliteTaskStore Open(string path, Durability durability = Durability.Normal)
    {
        _ = SqliteLibrary.Use();
        var file = StoreFile.Take(path);
        StoreConnection? connection = null;
        try
        {
            StoreInspection.Check(file);
            file.MakePrivate();
            connection = StoreConnection.Open(file.Path);
            connection.Execute("PRAGMA foreign_keys = ON");
            Prepare(connection, durability);
            return new SqliteTaskStore(file, connection);
        }
        catch
        {
            connection?.Dispose();
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public StoredState Load()
    {
        var found = StoredState.Empty;
        try
        {
            _connection.Transact("read", this, store =>
            {
                store._countEpoch.Execute();
                found = new StoredState
                {
                    Tasks = store._tasks.All(),
                    Runs = store._runs.All(),
                    Adopted = store._adopted.All(),
                    SeenAt = (long)store._connection.Value("SELECT value FROM meta WHERE key = 'seen_at'")! is > 0 and var seen ? UnixTime.FromNanoseconds(seen) : null,
                    SnapshotTaken = (long)store._connection.Value("SELECT value FROM meta WHERE key = 'snapshot_taken'")! != 0,
                    LastNumber = (long)store._connection.Value("SELECT value FROM meta WHERE key = 'last_number'")!,
                    Epoch = (long)store._connection.Value("SELECT value FROM meta WHERE key = 'epoch'")!,
                };
            });
        }
        catch (InvalidDataException e)
        {
            throw StoreFailure.Damaged(_file.Path, e.Message, e);
        }

        _lastNumber = found.LastNumber;
        return found;
    }

    /// <inheritdoc/>
    public void Commit(EngineChanges changes)
    {
        if (changes.IsEmpty && changes.LastNumber <= _lastNumber) return;
        try
        {
            _connection.Transact("written", (Store: this, Changes: changes), static at => at.Store.Write(at.Changes));
        }
        catch
        {
            _tasks.Reset();
            _runs.Reset();
            _adopted.Reset();
            _countNumber.Reset();
            _resetNumber.Reset();
            _seen.Reset();
            throw;
        }

        _lastNumber = changes.RegistryReset ? changes.LastNumber : Math.Max(_lastNumber, changes.LastNumber);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _tasks.Dispose();
        _runs.Dispose();
        _adopted.Dispose();
        _countNumber.Dispose();
        _resetNumber.Dispose();
        _seen.Dispose();
        _snapshotTaken.Dispose();
        _countEpoch.Dispose();
        _connection.Dispose();
        _file.Dispose();
    }

    private static void Prepare(StoreConnection connection, Durability durability)
    {
        // A new database gets its schema before it gets a log: so the file itself always says whose it is, and of which version.
        connection.Execute("PRAGMA synchronous = FULL");
        var changed = Migration.Run(connection);
        if (connection.Value("PRAGMA journal_mode = WAL", "opened") is not "wal")
        {
            throw new StoreException($"the database {connection.Path} cannot be used: its file system does not allow a write-ahead log (shared memory); choose another place with db");
        }

        if (changed) connection.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        connection.Execute($"PRAGMA synchronous = {(durability == Durability.Full ? "FULL" : "NORMAL")}; PRAGMA journal_size_limit = {LogBytes}; PRAGMA temp_store = MEMORY");
    }

    private void Write(EngineChanges changes)
    {
        foreach (var number in changes.Forgotten) _tasks.Remove(number);
        foreach (var run in changes.RemovedRuns) _runs.Remove(run);
        foreach (var task in changes.Tasks) _tasks.Put(task);
        foreach (var run in changes.Runs) _runs.Put(run);
        if (changes.RegistryReset) _adopted.Clear();
        foreach (var number in changes.ForgottenAdopted) _adopted.Remove(number);
        foreach (var task in changes.Adopted) _adopted.Put(task);
        if (changes.SeenAt is { } seen) _seen.Set(UnixTime.ToNanoseconds(seen)).Execute();
        if (changes.SnapshotTaken) _snapshotTaken.Execute();
        if (changes.RegistryReset) _resetNumber.Set(changes.LastNumber).Execute();
        else if (changes.LastNumber > _lastNumber) _countNumber.Set(changes.LastNumber).Execute();
    }
}
