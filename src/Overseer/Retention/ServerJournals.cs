using Overseer.Core.Tasks;
using Overseer.Recorder.Journal;
using Overseer.Streams;

namespace Overseer.Retention;

/// <summary>The journals of a server's tasks.</summary>
/// <param name="engine">Knows the tasks.</param>
/// <param name="streams">Knows how far their journals go.</param>
/// <param name="close">Asks the recorder, if there is one, to close a journal.</param>
internal sealed class ServerJournals(TaskEngine engine, StreamRegistry streams, Action<Guid> close) : IJournals
{
    /// <inheritdoc/>
    public IReadOnlyCollection<JournalOwner> Owners => [.. engine.Tasks.Where(task => task.Origin != TaskOrigin.Adopted).Select(task => new JournalOwner(task.JournalId, Ended(task)))];

    /// <inheritdoc/>
    public JournalEnd EndOf(Guid journal) => streams.EndOf(journal);

    /// <inheritdoc/>
    public void Announce(Guid journal, in JournalEnd end) => streams.Announce(journal, end);

    /// <inheritdoc/>
    public void Leave(Guid journal, long next, bool hurry) => streams.Leave(journal, next, count: !hurry);

    /// <inheritdoc/>
    public void Close(Guid journal) => close(journal);

    /// <summary>A task that is queued again, or waits for its restart, has ended but will go on: nothing of its end is touched.</summary>
    private static DateTimeOffset? Ended(TaskStatus task) => task.State is TaskState.Stopped or TaskState.Errored ? task.LastActivityAt : null;
}
