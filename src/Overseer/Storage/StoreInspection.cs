// A database that cannot be used must be left as it was found, to the byte and without files beside it: whoever runs the server may want to repair it, or to start
// the newer version that wrote it. So everything is looked at before SQLite may write. Without a log the file is opened as immutable. With one (the
// server before was killed) it has to be opened as usual to see what is in the log; then the log is kept at the close, and the index that SQLite made of it, a
// mere cache, is removed if it was not there before.

using System.Buffers.Binary;
using Overseer.Core.Tasks.Storage;
using Overseer.Storage.Migrations;

namespace Overseer.Storage;

/// <summary>Tells whether a database can be used, and touches nothing.</summary>
internal static class StoreInspection
{
    /// <summary>What SQLite's header calls the database's kind: "Ovsr".</summary>
    public const int ApplicationId = 0x4f767372;

    private const int VersionOffset = 60;
    private const int ApplicationOffset = 68;
    private const int HeaderBytes = 100;

    /// <summary>Looks at a database.</summary>
    /// <exception cref="StoreException">It is damaged, of another application or of a newer version.</exception>
    public static void Check(StoreFile file)
    {
        if (file.Length == 0)
        {
            // SQLite would take the log of an empty file for a leftover and delete it.
            if (Exists(file.Log)) throw StoreFailure.Damaged(file.Path, "the file is empty, but its log is not");
            return;
        }

        CheckHeader(file);
        if (Exists(file.Log) || Exists(file.RollbackJournal))
        {
            CheckWithLog(file);
        }
        else
        {
            using var connection = StoreConnection.OpenUntouched(file.Path);
            CheckContent(connection);
        }
    }

    private static void CheckHeader(StoreFile file)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        if (file.ReadStart(header) < HeaderBytes || !header.StartsWith("SQLite format 3\0"u8))
        {
            throw new StoreException($"{file.Path} is no database of SQLite, or its beginning is damaged; choose another file with db, restore a backup of it, or move it away");
        }

        CheckVersion(file.Path, BinaryPrimitives.ReadInt32BigEndian(header[ApplicationOffset..]), BinaryPrimitives.ReadInt32BigEndian(header[VersionOffset..]));
    }

    private static void CheckWithLog(StoreFile file)
    {
        var hadIndex = File.Exists(file.SharedIndex);
        var usable = false;
        try
        {
            using var connection = StoreConnection.Open(file.Path);
            connection.KeepsLog = true;
            CheckContent(connection);
            usable = true;
        }
        finally
        {
            if (!usable && !hadIndex) File.Delete(file.SharedIndex);
        }
    }

    /// <summary>Looks at what is in a database that was opened.</summary>
    /// <returns>The version of its schema; 0 when it is new.</returns>
    /// <exception cref="StoreException">It is damaged, of another application or of a newer version.</exception>
    public static int CheckContent(StoreConnection connection)
    {
        var application = (int)(long)connection.Value("PRAGMA application_id", "read")!;
        var version = (int)(long)connection.Value("PRAGMA user_version", "read")!;
        CheckVersion(connection.Path, application, version);
        if (version == 0 && (long)connection.Value("SELECT count(*) FROM sqlite_master", "read")! != 0) throw Foreign(connection.Path);
        if (connection.Value("PRAGMA quick_check(1)", "read") is var found and not "ok") throw StoreFailure.Damaged(connection.Path, $"{found}");
        return version;
    }

    /// <summary>Without an id and a version it may be one that was just made and is still empty.</summary>
    private static void CheckVersion(string path, int application, int version)
    {
        if (application != ApplicationId && (application != 0 || version != 0)) throw Foreign(path);
        if (version > Migration.Latest)
        {
            throw new StoreException($"the database {path} was written by a newer Overseer (its schema is version {version}, this program knows {Migration.Latest}); start the newer one, or choose another file with db");
        }
    }

    private static StoreException Foreign(string path) => new($"the database {path} belongs to another application; choose another file with db");

    private static bool Exists(string path) => new FileInfo(path) is { Exists: true, Length: > 0 };
}
