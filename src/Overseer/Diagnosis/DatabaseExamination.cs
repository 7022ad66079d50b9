using System.Globalization;
using Overseer.Core.Tasks.Storage;
using Overseer.Storage;
using Overseer.Storage.Migrations;

namespace Overseer.Diagnosis;

/// <summary>SQLite, and whether the database is whole and of a version that this program knows.</summary>
internal sealed class DatabaseExamination : IExamination
{
    private const string Repair = "restore a backup of it, or move it away: then a new one is made, and the tasks of the old one are not known";

    public string Name => "database";

    public IEnumerable<Finding> Examine(Patient patient)
    {
        if (patient.Configuration.DatabaseFile is not { } path)
        {
            yield return Finding.Warning(Name, "none (db: none): a server knows nothing of the one before", "remove db: none, unless that is meant");
            yield break;
        }

        string? unusable = null;
        var library = "";
        try
        {
            library = SqliteLibrary.Use();
        }
        catch (StoreException e)
        {
            unusable = e.Message;
        }

        if (unusable is not null)
        {
            yield return Finding.Failed("sqlite", unusable, "install the package libsqlite3-0");
            yield break;
        }

        yield return Finding.Ok("sqlite", $"version {library}");
        yield return Of(Path.GetFullPath(path), patient.ServerPid is not null);
    }

    private Finding Of(string path, bool inUse)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            return Finding.Ok(Name, $"{path} does not exist yet; the server makes it");
        }

        try
        {
            var version = inUse ? Look(StoreConnection.OpenToRead(path)) : LookAside(path);
            var size = Sizes.Text(file.Length);
            return version switch
            {
                0 => Finding.Ok(Name, $"{path}: new and empty"),
                _ when version < Migration.Latest => Finding.Ok(Name, string.Create(CultureInfo.InvariantCulture, $"{path}: whole, {size}; its schema is version {version}, and is brought to {Migration.Latest} by the next server")),
                _ => Finding.Ok(Name, string.Create(CultureInfo.InvariantCulture, $"{path}: whole, {size}, schema version {version}")),
            };
        }
        catch (StoreException e)
        {
            return Finding.Failed(Name, e.Message, Repair);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Finding.Failed(Name, $"{path} cannot be read: {e.Message}", "run this as the server's user");
        }
    }

    // With a log beside it SQLite would make files there, and write the log into the database: so it gets a copy of both.
    private static int LookAside(string path)
    {
        if (new FileInfo(path + "-wal") is not { Exists: true, Length: > 0 } && !File.Exists(path + "-journal"))
        {
            using (File.OpenRead(path))
            {
                // Says by what permission it cannot be read, which SQLite does not.
            }

            return Look(StoreConnection.OpenUntouched(path));
        }

        var aside = Directory.CreateTempSubdirectory("overseer-doctor-").FullName;
        try
        {
            var copy = Path.Combine(aside, "overseer.db");
            foreach (var part in (string[])["", "-wal", "-journal"])
            {
                if (File.Exists(path + part))
                {
                    File.Copy(path + part, copy + part);
                }
            }

            return Look(StoreConnection.Open(copy), named: path);
        }
        finally
        {
            Directory.Delete(aside, recursive: true);
        }
    }

    private static int Look(StoreConnection connection, string? named = null)
    {
        using (connection)
        {
            try
            {
                return StoreInspection.CheckContent(connection);
            }
            catch (StoreException e) when (named is not null)
            {
                throw new StoreException(e.Message.Replace(connection.Path, named, StringComparison.Ordinal), e);
            }
        }
    }
}
