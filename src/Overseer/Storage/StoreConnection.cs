using Microsoft.Data.Sqlite;
using Overseer.Core.Tasks.Storage;
using SQLitePCL;

namespace Overseer.Storage;

/// <summary>A connection to a database, whose errors are <see cref="StoreException"/>s. Not thread-safe.</summary>
internal sealed class StoreConnection : IDisposable
{
    private const int BusyMilliseconds = 5000;
    private const int NoCheckpointOnClose = 1006;

    private readonly SqliteConnection _connection;

    private StoreConnection(string path, SqliteConnection connection)
    {
        Path = path;
        _connection = connection;
    }

    /// <summary>The database.</summary>
    public string Path { get; }

    /// <summary>Opens a file that exists, for reading and writing.</summary>
    /// <exception cref="StoreException">It cannot be opened.</exception>
    public static StoreConnection Open(string path) => Open(path, new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWrite });

    /// <summary>
    /// Opens a file to look at what is in it, as if nobody could change it: nothing is made beside it and nothing is locked. Only for files without a
    /// log, which this would not see.
    /// </summary>
    /// <exception cref="StoreException">It cannot be opened.</exception>
    public static StoreConnection OpenUntouched(string path) =>
        Open(path, new SqliteConnectionStringBuilder { DataSource = $"file:{Escaped(path)}?immutable=1", Mode = SqliteOpenMode.ReadOnly });

    /// <summary>Opens a file for reading, beside the server that may be writing it.</summary>
    /// <exception cref="StoreException">It cannot be opened.</exception>
    public static StoreConnection OpenToRead(string path) => Open(path, new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly });

    /// <summary>Leaves the log as it is at the end of this connection, instead of writing it into the file.</summary>
    public bool KeepsLog
    {
        set => _ = raw.sqlite3_db_config(_connection.Handle, NoCheckpointOnClose, value ? 1 : 0, out _);
    }

    /// <summary>Executes statements.</summary>
    /// <exception cref="StoreException">One of them failed.</exception>
    public void Execute(string sql, string doing = "used")
    {
        try
        {
            using var command = Command(sql);
            command.ExecuteNonQuery();
        }
        catch (SqliteException e)
        {
            throw StoreFailure.Of(Path, doing, e);
        }
    }

    /// <summary>The first value of the first row.</summary>
    /// <exception cref="StoreException">It could not be had.</exception>
    public object? Value(string sql, string doing = "used")
    {
        try
        {
            using var command = Command(sql);
            return command.ExecuteScalar();
        }
        catch (SqliteException e)
        {
            throw StoreFailure.Of(Path, doing, e);
        }
    }

    /// <summary>A statement that is kept. Closed by whoever asked for it, before this connection.</summary>
    /// <exception cref="StoreException">It does not fit the database.</exception>
    public StoreStatement Prepare(string sql)
    {
        try
        {
            return new StoreStatement(_connection, sql);
        }
        catch (SqliteException e)
        {
            throw StoreFailure.Of(Path, "used", e);
        }
    }

    /// <summary>Does something as one transaction: all or nothing of it.</summary>
    /// <exception cref="StoreException">It failed; nothing was changed.</exception>
    public void Transact<T>(string doing, T argument, Action<T> work)
    {
        try
        {
            Raw("BEGIN IMMEDIATE");
            work(argument);
            Raw("COMMIT");
        }
        catch (SqliteException e)
        {
            RollBack();
            throw StoreFailure.Of(Path, doing, e);
        }
        catch
        {
            RollBack();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    private static StoreConnection Open(string path, SqliteConnectionStringBuilder text)
    {
        _ = SqliteLibrary.Use();

        // Of a pool, a closed connection would stay open. The time is that of the library's own waiting, on top of SQLite's.
        text.Pooling = false;
        text.DefaultTimeout = 1;
        var connection = new SqliteConnection(text.ConnectionString);
        try
        {
            connection.Open();
            _ = raw.sqlite3_busy_timeout(connection.Handle, BusyMilliseconds);
            return new StoreConnection(path, connection);
        }
        catch (SqliteException e)
        {
            connection.Dispose();
            throw StoreFailure.Of(path, "opened", e);
        }
    }

    private static string Escaped(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));

    private SqliteCommand Command(string sql)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }

    private void Raw(string sql)
    {
        // Not through a command: that would be two objects and a loop for what is one call.
        var code = raw.sqlite3_exec(_connection.Handle, sql);
        if (code != raw.SQLITE_OK) throw new SqliteException(raw.sqlite3_errmsg(_connection.Handle).utf8_to_string(), code & 0xff, raw.sqlite3_extended_errcode(_connection.Handle));
    }

    /// <summary>After some errors SQLite has done it by itself.</summary>
    private void RollBack()
    {
        if (raw.sqlite3_get_autocommit(_connection.Handle) == 0) _ = raw.sqlite3_exec(_connection.Handle, "ROLLBACK");
    }
}
