using System.Text;
using Overseer.Core.Time;
using SQLitePCL;

namespace Overseer.Storage;

/// <summary>The columns of a row, from the first to the last. A value of another kind than it should have is an <see cref="InvalidDataException"/>.</summary>
internal ref struct StoredRow(sqlite3_stmt statement)
{
    private const int IdBytes = 16;

    private int _next;

    public long Integer()
    {
        Expect(raw.SQLITE_INTEGER);
        return raw.sqlite3_column_int64(statement, _next++);
    }

    public int Small() => Integer() is var value && value == (int)value ? (int)value : throw Wrong("is too large");

    public int? SmallOrNull() => IsNull() ? null : Small();

    public bool Flag() => Integer() != 0;

    public string Text() => Encoding.UTF8.GetString(Utf8());

    public string? TextOrNull() => IsNull() ? null : Text();

    /// <summary>As bytes, with all that is in it; until the next column is read.</summary>
    public ReadOnlySpan<byte> Utf8()
    {
        Expect(raw.SQLITE_TEXT);
        return raw.sqlite3_column_blob(statement, _next++);
    }

    /// <summary>Empty for NULL, which no JSON is.</summary>
    public ReadOnlySpan<byte> JsonOrNull() => IsNull() ? default : Utf8();

    public Guid Id()
    {
        Expect(raw.SQLITE_BLOB);
        var bytes = raw.sqlite3_column_blob(statement, _next++);
        return bytes.Length == IdBytes ? new Guid(bytes, bigEndian: true) : throw Wrong("is no id");
    }

    public Guid IdText() => Guid.TryParseExact(Text(), "N", out var id) ? id : throw Wrong("is no id");

    public DateTimeOffset Time() => UnixTime.FromNanoseconds(Integer());

    public DateTimeOffset? TimeOrNull() => IsNull() ? null : Time();

    public TimeSpan Duration() => StoredTime.Duration(Integer());

    public TimeSpan? DurationOrNull() => IsNull() ? null : Duration();

    /// <summary>The column that was read last has a value without a meaning.</summary>
    public readonly InvalidDataException Wrong(string what) => new($"{raw.sqlite3_column_name(statement, Math.Max(_next - 1, 0)).utf8_to_string()} {what}");

    private bool IsNull()
    {
        if (raw.sqlite3_column_type(statement, _next) != raw.SQLITE_NULL) return false;
        _next++;
        return true;
    }

    private void Expect(int kind)
    {
        if (raw.sqlite3_column_type(statement, _next) == kind) return;
        _next++;
        throw Wrong("is missing, or of another kind");
    }
}
