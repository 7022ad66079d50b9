using Overseer.Streams;

namespace Overseer.EventLog;

/// <summary>A task that is known no more, and whose journal goes when the log has what is in it.</summary>
/// <param name="Rest">What was there of it.</param>
/// <param name="Heard">The engine's events before this are of that task, later ones of another of the same id.</param>
/// <param name="Delete">Deletes the journal.</param>
internal sealed record ForgottenTask(StreamRest Rest, long Heard, Action Delete)
{
    /// <summary>Set once the journal had to be deleted before the log had everything: the number behind its last line; 0 when that could not be found.</summary>
    public long? LostBefore { get; private set; }

    /// <summary>Deletes the journal at once; what the log does not have of it becomes a gap.</summary>
    public ForgottenTask GiveUp()
    {
        long next;
        try
        {
            next = Rest.NextSeq();
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            next = 0;
        }

        Delete();
        return this with { LostBefore = next, Delete = static () => { } };
    }
}
