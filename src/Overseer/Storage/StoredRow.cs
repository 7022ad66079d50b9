using Microsoft.Data.Sqlite;
using Overseer.Core.Time;

namespace Overseer.Storage;

/// <summary>The columns of a row, from the first to the last.</summary>
internal ref struct StoredRow(SqliteDataReader reader)
{
    private int _next;

    /// <exception cref="InvalidCastException">It is NULL or of another kind; as with all that follow.</exception>
    public long Integer() => reader.GetInt64(_next++);

    public int Small() => checked((int)Integer());

    public bool Flag() => Integer() != 0;

    public string Text() => reader.GetString(_next++);

    public string? TextOrNull() => IsNull() ? null : Text();

    public Guid Id() => new((byte[])reader.GetValue(_next++), bigEndian: true);

    public DateTimeOffset Time() => UnixTime.FromNanoseconds(Integer());

    public DateTimeOffset? TimeOrNull() => IsNull() ? null : Time();

    public TimeSpan Duration() => StoredTime.Duration(Integer());

    public TimeSpan? DurationOrNull() => IsNull() ? null : Duration();

    private bool IsNull()
    {
        if (!reader.IsDBNull(_next)) return false;
        _next++;
        return true;
    }
}
