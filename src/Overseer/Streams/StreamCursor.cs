using Overseer.Recorder.Journal;
using Overseer.Streams.SeqIndex;

namespace Overseer.Streams;

/// <summary>
/// A reader's place in a task's stream. A subscriber is a cursor, not a queue: a slow one costs a position. All mutable members belong
/// to the stream's lock, but for <see cref="Source"/>, which belongs to the pump that is taking.
/// </summary>
internal sealed class StreamCursor(TaskStream stream, IStreamListener listener)
{
    /// <summary>The stream that is read.</summary>
    public TaskStream Stream { get; } = stream;

    /// <summary>Who is told when there is more.</summary>
    public IStreamListener Listener { get; } = listener;

    /// <summary>True for who wants every event there is, also the starts that are answers to requests; it must be in <see cref="StreamOptions.Starts"/>.</summary>
    public bool Everything { get; init; }

    /// <summary>How far the slices go that were taken.</summary>
    public StreamPlace Taken { get; set; }

    /// <summary>The shared block the cursor stands on, or null when it reads for itself.</summary>
    public FrameBlock? Block { get; set; }

    /// <summary>The next byte in <see cref="Block"/>.</summary>
    public int Offset { get; set; }

    /// <summary>The place in the journal; meaningful while <see cref="Block"/> is null.</summary>
    public JournalPosition Position { get; set; }

    /// <summary>The number of the next line at <see cref="Position"/>.</summary>
    public long NextLine { get; set; } = 1;

    /// <summary>The number that the first line shown from <see cref="Position"/> on gets; 0 when that is not known.</summary>
    public long NextSeq { get; set; }

    /// <summary>Where the cursor began, when the numbers of that place were not known then.</summary>
    public SeqMark? Mark { get; set; }

    /// <summary>The cursor's own reader, for as long as it is not served from the ring.</summary>
    public EventSource? Source { get; set; }

    /// <summary>The end of the journal behind which the cursor begins, as long as it has opened nothing: there was no news.</summary>
    public JournalEnd? Unopened { get; set; }

    /// <summary>True while the cursor waits for news.</summary>
    public bool Parked { get; set; }

    /// <summary>True once the cursor has left the stream.</summary>
    public bool Closed { get; set; }

    /// <summary>True once the cursor has a place (the task exists).</summary>
    public bool Placed { get; set; }

    /// <summary>Goes on to a shared block.</summary>
    public void StepOn(FrameBlock block)
    {
        block.Hold();
        Block?.Release();
        Block = block;
        Offset = Everything ? 0 : block.Preface;
        Placed = true;
    }

    /// <summary>Keeps its place when it leaves its block: what it has not taken of the block it has not seen.</summary>
    public void LeaveBlock()
    {
        if (Block is not { } block)
        {
            return;
        }

        Position = block.End;
        NextLine = block.NextLine;
        NextSeq = block.NextSeq;
        Block = null;
        block.Release();
    }
}
