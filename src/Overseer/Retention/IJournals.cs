using Overseer.Recorder.Journal;

namespace Overseer.Retention;

/// <summary>What retention must know of the running server, and ask of it. Thread-safe.</summary>
internal interface IJournals
{
    /// <summary>Every known task that has a journal, as they are now.</summary>
    IReadOnlyCollection<JournalOwner> Owners { get; }

    /// <summary>How far a journal goes, as far as is known: its segment is 0 when it is not.</summary>
    JournalEnd EndOf(Guid journal);

    /// <summary>A journal of an ended task was continued with a new segment.</summary>
    void Announce(Guid journal, in JournalEnd end);

    /// <summary>The oldest segment of a journal is about to be deleted: what is numbered behind it must not be lost with it.</summary>
    /// <param name="journal">The journal.</param>
    /// <param name="next">First line of the segment behind it.</param>
    /// <param name="hurry">Whether the disk cannot wait for lines to be counted.</param>
    /// <exception cref="IOException">The segment has to stay.</exception>
    void Leave(Guid journal, long next, bool hurry);

    /// <summary>Asks the recorder to let a journal go that no task writes.</summary>
    void Close(Guid journal);
}
