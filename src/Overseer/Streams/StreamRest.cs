using Overseer.Recorder.Journal;
using Overseer.Streams.Forms;
using Overseer.Streams.SeqIndex;

namespace Overseer.Streams;

/// <summary>What was there of a task when it was forgotten, to be read once more.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="Directory">Its journal; unset when it never had one.</param>
/// <param name="End">How far it goes; segment 0 when that is not known.</param>
/// <param name="Ledger">What the engine said about its runs.</param>
/// <param name="Numbering">The numbers of its lines; unset without a journal.</param>
/// <param name="IsSession">Whether its lines are messages of the hub.</param>
internal sealed record StreamRest(string TaskId, string? Directory, JournalEnd End, RunLedger Ledger, SeqNumbering? Numbering, bool IsSession = false)
{
    /// <summary>A reader of everything from a place on, or from the first line; null when there is no journal.</summary>
    /// <exception cref="IOException">The journal cannot be read.</exception>
    public RestReader? Open(StreamPlace? from)
    {
        if (Directory is null || !System.IO.Directory.Exists(Directory))
        {
            return null;
        }

        var end = FindEnd(Directory);
        if (from is { } place && string.Equals(place.Directory, Directory, StringComparison.Ordinal))
        {
            return new RestReader(this, EventSource.AtPosition(TaskId, Directory, Ledger, place.Position, place.NextLine, end, Numbering, place.NextSeq, Frames()), end);
        }

        var source = EventSource.AtLine(TaskId, Directory, Ledger, 1, end, Numbering, Frames());
        source.Owe(1, 1);
        return new RestReader(this, source, end);
    }

    /// <summary>The number that the line behind the last would get; 1 when there is no journal.</summary>
    /// <exception cref="IOException">The journal cannot be read.</exception>
    public long NextSeq()
    {
        if (Directory is null || !System.IO.Directory.Exists(Directory))
        {
            return 1;
        }

        var end = FindEnd(Directory);
        return Numbering is { IsPlain: false } numbering ? numbering.Locate(long.MaxValue, end).Next : end.NextLine;
    }

    private FrameMaker Frames() => FrameMaker.Create(StreamForm.V2, TaskId, IsSession);

    private JournalEnd FindEnd(string directory) => End.Segment == 0 ? JournalDirectory.FindEnd(directory) : End;
}
