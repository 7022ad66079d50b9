namespace Overseer.Recorder.Journal;

/// <summary>An unfinished line as a chunk records it: how far back it begins, and how many bytes it has. Both 0: there is none.</summary>
internal readonly record struct PendingLine(uint Back, int Length)
{
    internal static PendingLine Of(in Lane lane, long chunkOffset) =>
        lane.Pending > 0 ? new PendingLine((uint)(chunkOffset - lane.Begin), lane.Pending) : default;
}
