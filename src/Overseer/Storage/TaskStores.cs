using Overseer.Configuration;
using Overseer.Core.Tasks.Storage;

namespace Overseer.Storage;

/// <summary>Chooses the store that a configuration asks for.</summary>
internal static class TaskStores
{
    /// <summary>Opens it.</summary>
    /// <exception cref="StoreException">It cannot be used; nothing was changed.</exception>
    public static ITaskStore Open(OverseerConfiguration configuration) => configuration.DatabaseFile is { } path
        ? SqliteTaskStore.Open(path, configuration.Durability)
        : new NullTaskStore();
}
