using Overseer.Recorder.Journal;

namespace Overseer.Hosted;

/// <summary>A place to write journals at: the memory that a writer needs while it writes, and the lock that goes with it.</summary>
internal sealed class JournalDesk : IDisposable
{
    /// <summary>Held while a writer that was opened with <see cref="Buffer"/> is used.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Shared by all writers of this desk.</summary>
    public JournalBuffer Buffer { get; } = new();

    /// <inheritdoc/>
    public void Dispose() => Buffer.Dispose();
}
