namespace Overseer.Recorder.Journal;

/// <summary>
/// A reader's exact place: directly after the entry it returned last. It depends on nothing but which entries lie before it, so two readers
/// that have consumed the same entries of the same files are at equal positions, however and through whatever windows they read.
/// </summary>
/// <param name="Segment">First line of the segment.</param>
/// <param name="Offset">File offset of the next unread byte. Between the entries of one exit it stays at the exit's chunk.</param>
/// <param name="Step">
/// Tells places at one offset apart; it is not 0 only after entries without bytes of their own, such as the lines that an exit finishes.
/// </param>
public readonly record struct JournalPosition(long Segment, long Offset, int Step) : IComparable<JournalPosition>
{
    /// <inheritdoc/>
    public int CompareTo(JournalPosition other)
    {
        var bySegment = Segment.CompareTo(other.Segment);
        if (bySegment != 0)
        {
            return bySegment;
        }

        var byOffset = Offset.CompareTo(other.Offset);
        return byOffset != 0 ? byOffset : Step.CompareTo(other.Step);
    }

    /// <summary>Whether <paramref name="left"/> lies before <paramref name="right"/>.</summary>
    public static bool operator <(JournalPosition left, JournalPosition right) => left.CompareTo(right) < 0;

    /// <summary>Whether <paramref name="left"/> lies before <paramref name="right"/> or is the same place.</summary>
    public static bool operator <=(JournalPosition left, JournalPosition right) => left.CompareTo(right) <= 0;

    /// <summary>Whether <paramref name="left"/> lies after <paramref name="right"/>.</summary>
    public static bool operator >(JournalPosition left, JournalPosition right) => left.CompareTo(right) > 0;

    /// <summary>Whether <paramref name="left"/> lies after <paramref name="right"/> or is the same place.</summary>
    public static bool operator >=(JournalPosition left, JournalPosition right) => left.CompareTo(right) >= 0;
}
