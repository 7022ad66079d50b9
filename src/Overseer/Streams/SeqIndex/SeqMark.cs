namespace Overseer.Streams.SeqIndex;

/// <summary>A line whose number somebody wants to know who came before it had one: where a live subscriber began.</summary>
internal sealed class SeqMark(long line)
{
    private long _seq;

    /// <summary>The line.</summary>
    public long Line { get; } = line;

    /// <summary>The number that the first line shown from there on gets; 0 as long as that is not known.</summary>
    public long Seq
    {
        get => Volatile.Read(ref _seq);
        set => Volatile.Write(ref _seq, value);
    }
}
