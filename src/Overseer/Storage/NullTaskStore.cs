using Overseer.Core.Tasks.Storage;

namespace Overseer.Storage;

/// <summary>Keeps nothing (<c>db: none</c>): every server begins without tasks.</summary>
internal sealed class NullTaskStore : ITaskStore
{
    /// <inheritdoc/>
    public StoredState Load() => StoredState.Empty;

    /// <inheritdoc/>
    public void Commit(EngineChanges changes)
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
