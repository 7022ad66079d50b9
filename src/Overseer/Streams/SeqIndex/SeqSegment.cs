namespace Overseer.Streams.SeqIndex;

/// <summary>A segment that has an index.</summary>
/// <param name="FirstLine">Its first line, which names it.</param>
/// <param name="FirstSeq">The number that the first line shown in it gets.</param>
/// <param name="Seed">What the checksums of its records begin with.</param>
internal readonly record struct SeqSegment(long FirstLine, long FirstSeq, uint Seed)
{
    /// <summary>The place of the record that holds a line.</summary>
    public long IndexOf(long line) => (line - FirstLine) / SeqRecord.Lines;
}
