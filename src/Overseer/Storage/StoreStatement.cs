using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Overseer.Storage;

/// <summary>
/// A statement that was compiled once. Its parameters are written <c>$name</c> and set in the order of their first use. It speaks to SQLite itself: a command
/// of the library above makes 2 KB of garbage each time.
/// </summary>
internal sealed class StoreStatement : IDisposable
{
    private const int StackBytes = 512;

    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;
    private int _next = 1;

    public StoreStatement(SqliteConnection connection, string sql)
    {
        _database = connection.Handle!;
        Check(raw.sqlite3_prepare_v2(_database, sql, out _statement));
    }

    /// <summary>Sets the next parameter.</summary>
    public StoreStatement Set(long value)
    {
        Check(raw.sqlite3_bind_int64(_statement, _next++, value));
        return this;
    }

    /// <summary>Sets the next parameter; null is NULL.</summary>
    public StoreStatement Set(long? value) => value is { } set ? Set(set) : SetNull();

    /// <summary>Sets the next parameter; null is NULL.</summary>
    public StoreStatement Set(string? value)
    {
        if (value is null) return SetNull();
        if (value.Length == 0) return SetEmpty();
        var longest = Encoding.UTF8.GetMaxByteCount(value.Length);
        return longest > StackBytes ? SetUtf8(Encoding.UTF8.GetBytes(value)) : SetShort(value);
    }

    /// <summary>Sets the next parameter to a text that is not empty.</summary>
    public StoreStatement SetUtf8(ReadOnlySpan<byte> text)
    {
        Check(raw.sqlite3_bind_text(_statement, _next++, text));
        return this;
    }

    /// <summary>Sets the next parameter to NULL.</summary>
    public StoreStatement SetNull()
    {
        Check(raw.sqlite3_bind_null(_statement, _next++));
        return this;
    }

    /// <summary>Sets the next parameter to the 16 bytes of an id.</summary>
    public StoreStatement Set(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        _ = id.TryWriteBytes(bytes, bigEndian: true, out _);
        Check(raw.sqlite3_bind_blob(_statement, _next++, bytes));
        return this;
    }

    /// <summary>Executes it with what was set; the next parameter is the first again.</summary>
    /// <exception cref="SqliteException">It failed.</exception>
    public void Execute()
    {
        try
        {
            Read();
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>Goes to the next row. To be called until it is false, or <see cref="Reset"/> after that.</summary>
    /// <exception cref="SqliteException">It failed.</exception>
    public bool Read()
    {
        var code = raw.sqlite3_step(_statement);
        if (code is not (raw.SQLITE_ROW or raw.SQLITE_DONE)) Check(code);
        return code == raw.SQLITE_ROW;
    }

    /// <summary>The columns of the row that was read last.</summary>
    public StoredRow Row() => new(_statement);

    /// <summary>Begins again: neither rows nor parameters are left.</summary>
    public void Reset()
    {
        _next = 1;

        // What this returns is the error of the last step, which is known.
        _ = raw.sqlite3_reset(_statement);
    }

    /// <inheritdoc/>
    public void Dispose() => _statement.Dispose();

    /// <summary>An empty span has no address, which SQLite would take for NULL.</summary>
    private StoreStatement SetEmpty()
    {
        Check(raw.sqlite3_bind_text(_statement, _next++, ""));
        return this;
    }

    private StoreStatement SetShort(string value)
    {
        Span<byte> bytes = stackalloc byte[StackBytes];
        return SetUtf8(bytes[..Encoding.UTF8.GetBytes(value, bytes)]);
    }

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK) throw new SqliteException(raw.sqlite3_errmsg(_database).utf8_to_string(), code & 0xff, raw.sqlite3_extended_errcode(_database));
    }
}
