using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;

namespace Overseer.Storage;

/// <summary>A statement that was compiled once. Its parameters are written <c>$name</c> and set in the order of their first use.</summary>
internal sealed partial class StoreStatement : IDisposable
{
    private readonly SqliteCommand _command;
    private int _next;

    public StoreStatement(SqliteConnection connection, string sql)
    {
        _command = connection.CreateCommand();
        _command.CommandText = sql;
        foreach (var name in Parameter().Matches(sql).Select(match => match.Value).Distinct(StringComparer.Ordinal))
        {
            _command.Parameters.Add(new SqliteParameter { ParameterName = name, Value = DBNull.Value });
        }

        _command.Prepare();
    }

    /// <summary>Sets the next parameter; null is NULL.</summary>
    public StoreStatement Set(object? value)
    {
        _command.Parameters[_next++].Value = value ?? DBNull.Value;
        return this;
    }

    /// <summary>Executes it with what was set; the next one is the first again.</summary>
    /// <exception cref="SqliteException">It failed.</exception>
    public void Execute()
    {
        _next = 0;
        _command.ExecuteNonQuery();
    }

    /// <summary>Executes it for its rows.</summary>
    /// <exception cref="SqliteException">It failed.</exception>
    public SqliteDataReader Rows()
    {
        _next = 0;
        return _command.ExecuteReader();
    }

    /// <summary>Forgets what was set, after a failure.</summary>
    public void Reset() => _next = 0;

    /// <inheritdoc/>
    public void Dispose() => _command.Dispose();

    [GeneratedRegex(@"\$[a-z_]+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Parameter();
}
