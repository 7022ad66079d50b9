using Overseer.Core.Tasks.Storage;

namespace Overseer.Storage;

/// <summary>Reads the tasks of a database without being its server, also while that writes. Changes nothing.</summary>
internal static class StoreReader
{
    /// <summary>The tasks; none when there is no database.</summary>
    /// <exception cref="StoreException">It cannot be read.</exception>
    public static IReadOnlyList<TaskRecord> Tasks(string path)
    {
        if (!File.Exists(path)) return [];

        // A log, or its index, is there while a server has the file, and after one was killed. Without them nobody is writing, and nothing must be made beside it.
        using var connection = File.Exists(path + "-wal") || File.Exists(path + "-shm") ? StoreConnection.OpenToRead(path) : StoreConnection.OpenUntouched(path);
        if (connection.Value("PRAGMA application_id", "read") is not (long)StoreInspection.ApplicationId)
        {
            throw new StoreException($"{path} is no database of Overseer; name another one with --db");
        }

        try
        {
            using var rows = new TaskRows(connection);
            return rows.All();
        }
        catch (Microsoft.Data.Sqlite.SqliteException e)
        {
            throw StoreFailure.Of(path, "read", e);
        }
        catch (InvalidDataException e)
        {
            throw StoreFailure.Damaged(path, e.Message, e);
        }
    }
}
