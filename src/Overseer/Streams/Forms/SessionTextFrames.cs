using Overseer.Recorder.Journal;

namespace Overseer.Streams.Forms;

/// <summary>Messages that a container sent to the hub, as the lines of text that clients of the overseer protocol expect.</summary>
internal sealed class SessionTextFrames(string taskId) : OutputFrames(taskId)
{
    private readonly SessionText _text = new();

    /// <inheritdoc/>
    public override int MaxFrameBytes(in JournalEntry line) => Template(line).MaxFrameBytes(SessionText.MaxBytes(line.Data.Length));

    /// <inheritdoc/>
    public override int Write(Span<byte> destination, in JournalEntry line, long seq) => Write(destination, line, _text.Of(line.Data), seq);
}
