using Overseer.Configuration;
using Overseer.Core.Tasks.Storage;
using Overseer.Recorder.Tests.Journal;
using Overseer.Storage;

namespace Overseer.Server.Tests.Storage;

/// <summary>A directory with a database, and what can be asked of it.</summary>
public abstract class StorePlace : IDisposable
{
    private readonly TempDirectory _place = new();

    /// <summary>The database.</summary>
    protected string Database => Path.Join(_place.Path, "overseer.db");

    /// <summary>The directory it is in.</summary>
    protected string Place => _place.Path;

    public virtual void Dispose()
    {
        _place.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected SqliteTaskStore Open(Durability durability = Durability.Normal) => SqliteTaskStore.Open(Database, durability);

    /// <summary>What a server would find there now.</summary>
    private protected StoredState Stored()
    {
        using var store = Open();
        return store.Load();
    }

    private protected StoreException Refused() => Assert.Throws<StoreException>(() => Open().Dispose());

    /// <summary>Every file in the place, with what is in it.</summary>
    private protected SortedDictionary<string, byte[]> Files() =>
        new(Directory.GetFiles(Place).ToDictionary(path => Path.GetFileName(path), File.ReadAllBytes), StringComparer.Ordinal);

    /// <summary>The database of a server that was killed: with a log beside it.</summary>
    private protected void LeaveWithLog(params TaskRecord[] tasks)
    {
        var copy = Path.Join(Place, "copy");
        Directory.CreateDirectory(copy);
        using (var store = Open())
        {
            store.Load();
            store.Commit(new EngineChanges { Tasks = tasks });
            foreach (var file in new[] { Database + "-wal", Database })
            {
                using var from = Recorder.Processes.UnlockedFile.Open(file);
                var content = new byte[RandomAccess.GetLength(from)];
                RandomAccess.Read(from, content, 0);
                File.WriteAllBytes(Path.Join(copy, Path.GetFileName(file)), content);
            }
        }

        foreach (var file in Directory.GetFiles(copy)) File.Move(file, Path.Join(Place, Path.GetFileName(file)), overwrite: true);
        Directory.Delete(copy);
        Assert.True(new FileInfo(Database + "-wal").Length > 0);
    }
}
