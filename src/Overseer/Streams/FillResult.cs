namespace Overseer.Streams;

/// <summary>Why an <see cref="EventSource"/> stopped filling a block.</summary>
internal enum FillResult
{
    /// <summary>Everything that may be read has been read.</summary>
    Drained,

    /// <summary>The block is full, or the limit was reached; there is more.</summary>
    More,

    /// <summary>The next event waits for the engine's word (see <see cref="RunFacts"/>).</summary>
    Blocked,

    /// <summary>Enough was passed over that makes no frame, for a turn; there is more.</summary>
    Paused,

    /// <summary>The next line has no number yet: a catch-up has to come first.</summary>
    Behind,
}
