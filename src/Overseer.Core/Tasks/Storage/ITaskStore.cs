namespace Overseer.Core.Tasks.Storage;

/// <summary>Where tasks and runs survive the server. Used by one thread at a time.</summary>
internal interface ITaskStore : IDisposable
{
    /// <summary>Reads everything, and counts this start of the server. Once, before the first commit.</summary>
    /// <exception cref="StoreException">It cannot be read.</exception>
    StoredState Load();

    /// <summary>Stores all changes or none; they are durable when this returns.</summary>
    /// <exception cref="StoreException">It could not be done, and nothing was changed: a full disk, a failed write. Trying again later is safe.</exception>
    void Commit(EngineChanges changes);
}
