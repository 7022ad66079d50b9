namespace Overseer.Registry;

/// <summary>
/// The registry of processes as goproc knows it, over the engine. Thread-safe. Each change is stored when its task completes. A cancelled call may still have had its effect.
/// </summary>
internal sealed class ProcessRegistry
{
    /// <summary>Makes a process that somebody else started a task.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="name">A unique name; trimmed, null and blank for none.</param>
    /// <param name="tags">Tags; trimmed, blanks and doubles dropped.</param>
    /// <param name="groups">Groups; the same.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="IOException">It could not be stored.</exception>
    public Task<AddOutcome> AddAsync(int pid, string? name, IReadOnlyList<string> tags, IReadOnlyList<string> groups, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>The entries that match, by number.</summary>
    public IReadOnlyList<RegistryEntry> List(Core.Registry.RegistryFilter filter) => throw new NotImplementedException();

    /// <summary>Ends the process of an entry, and its group if it leads one; completes when it is dead, or when SIGKILL did not help.</summary>
    public Task<KillOutcome> KillAsync(long number, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Ends the process of the entry whose process this is, as <see cref="KillAsync"/>.</summary>
    public Task<KillOutcome> KillPidAsync(int pid, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Forgets an entry.</summary>
    public Task<RemoveOutcome> RemoveAsync(long number, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Renames a tag wherever it is, at once.</summary>
    /// <returns>How many entries had it.</returns>
    public Task<int> RenameTagAsync(string from, string to, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Renames a group wherever it is, at once.</summary>
    /// <returns>How many entries were in it.</returns>
    public Task<int> RenameGroupAsync(string from, string to, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Forgets every adopted process and every task that has ended; the next number is 1, unless a task of our own is still known.</summary>
    public Task ResetAsync(CancellationToken cancellation) => throw new NotImplementedException();
}
