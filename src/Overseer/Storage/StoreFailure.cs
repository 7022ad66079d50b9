using Microsoft.Data.Sqlite;
using Overseer.Core.Tasks.Storage;
using SQLitePCL;

namespace Overseer.Storage;

/// <summary>Says what SQLite's errors mean for a store.</summary>
internal static class StoreFailure
{
    /// <summary>What to do about a database that is not whole.</summary>
    public const string Remedy = "restore a backup of it, or move it away with its -wal file to begin without the tasks of before (their journals are deleted then)";

    /// <summary>The error as whoever runs the server should read it.</summary>
    /// <param name="path">The database.</param>
    /// <param name="doing">What could not be done, such as <c>opened</c>.</param>
    public static StoreException Of(string path, string doing, SqliteException e) => new(
        e.SqliteErrorCode switch
        {
            raw.SQLITE_FULL => $"the database {path} cannot be {doing}: no space left on its file system; make room there",
            raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => $"the database {path} is damaged ({Reason(e)}); {Remedy}",
            raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_PERM =>
                $"the database {path} cannot be {doing}: it or its directory is not writable ({Reason(e)}); correct the permissions, or choose another file with db",
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => $"the database {path} cannot be {doing}: another program keeps it locked; end that program",
            _ => $"the database {path} cannot be {doing}: {Reason(e)}",
        },
        e);

    /// <summary>A database that was found damaged.</summary>
    public static StoreException Damaged(string path, string what, Exception? inner = null) => new($"the database {path} is damaged ({what}); {Remedy}", inner);

    private static string Reason(SqliteException e) => $"SQLite error {e.SqliteExtendedErrorCode}: {raw.sqlite3_errstr(e.SqliteExtendedErrorCode).utf8_to_string()}";
}
