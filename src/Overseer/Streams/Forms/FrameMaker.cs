using Overseer.Protocols.V2;
using Overseer.Recorder.Journal;

namespace Overseer.Streams.Forms;

/// <summary>
/// Writes the events of one task as finished WebSocket frames, in one form. It must hold that what it writes of an event depends on nothing but the event and its number:
/// several write the same stream. Not thread-safe; it keeps what lines have in common.
/// </summary>
internal abstract class FrameMaker
{
    /// <summary>Whether subscribers are told of every start, and not only of those that nobody asked for.</summary>
    public virtual bool TellsStarts => false;

    /// <summary>Makes one.</summary>
    /// <param name="form">The form.</param>
    /// <param name="taskId">The task.</param>
    /// <param name="isSession">Whether its lines are messages of the hub.</param>
    public static FrameMaker Create(StreamForm form, string taskId, bool isSession) => form switch
    {
        StreamForm.V2 => isSession ? new SessionTextFrames(taskId) : new OutputFrames(taskId),
        _ => new HubFrames(taskId, isSession, capitals: form == StreamForm.HubCapitals),
    };

    /// <summary>The room that <see cref="Write"/> needs.</summary>
    public abstract int MaxFrameBytes(in JournalEntry line);

    /// <summary>Writes a line.</summary>
    /// <param name="destination">At least <see cref="MaxFrameBytes"/> bytes.</param>
    /// <param name="line">The line.</param>
    /// <param name="seq">Its number.</param>
    /// <returns>The frame's length.</returns>
    public abstract int Write(Span<byte> destination, in JournalEntry line, long seq);

    /// <summary>The frames of rare messages, one after the other; empty where this form has nothing to say of them. Valid until the thread's next call.</summary>
    public abstract ReadOnlySpan<byte> Encode(ReadOnlySpan<ServerMessage> messages);
}
