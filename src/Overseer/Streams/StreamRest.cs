using Overseer.Recorder.Journal;

namespace Overseer.Streams;

/// <summary>What was there of a task when it was forgotten, to be read once more.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="Directory">Its journal; unset when it never had one.</param>
/// <param name="End">How far it goes; segment 0 when that is not known.</param>
/// <param name="Ledger">What the engine said about its runs.</param>
internal sealed record StreamRest(string TaskId, string? Directory, JournalEnd End, RunLedger Ledger)
{
    /// <summary>A source of everything from a place on, or from the first line; null when there is no journal.</summary>
    /// <exception cref="IOException">The journal cannot be read.</exception>
    public (EventSource Source, JournalEnd End)? Open(StreamPlace? from)
    {
        if (Directory is null || !System.IO.Directory.Exists(Directory))
        {
            return null;
        }

        var end = End.Segment == 0 ? JournalDirectory.FindEnd(Directory) : End;
        var source = from is { } place && string.Equals(place.Directory, Directory, StringComparison.Ordinal)
            ? EventSource.AtPosition(TaskId, Directory, Ledger, place.Position, place.NextLine, end)
            : EventSource.AtLine(TaskId, Directory, Ledger, 1, end);
        if (from is null)
        {
            source.Owe(1);
        }

        source.Starts = true;
        return (source, end);
    }
}
