using System.Buffers;
using Overseer.Protocols.Json;

namespace Overseer.Protocols.V2;

/// <summary>
/// Writes one line of a task's output as a finished WebSocket text frame, byte for byte what <see cref="ServerMessageWriter"/> makes of
/// an <see cref="OutputMessage"/>, with what never changes prepared once. Immutable: any thread may write. Allocates nothing.
/// </summary>
public sealed class OutputFrameTemplate
{
    private const int ExpectedDigits = 6;
    private readonly byte[] _prefix;
    private readonly int _expectedWithoutLine;

    /// <summary>Prepares what all lines of one stream of one process share.</summary>
    public OutputFrameTemplate(string taskId, int pid, OutputStreamName stream)
    {
        var prefix = new ArrayBufferWriter<byte>();
        var output = new JsonOutput(prefix);
        output.Raw("{\"type\":\"output\",\"task_id\":"u8);
        output.Text(taskId);
        output.Raw(",\"pid\":"u8);
        output.Number(pid);
        output.Raw(stream == OutputStreamName.Stdout ? ",\"stream\":\"stdout\",\"data\":\""u8 : ",\"stream\":\"stderr\",\"data\":\""u8);
        output.Complete();
        _prefix = prefix.WrittenSpan.ToArray();
        _expectedWithoutLine = _prefix.Length + BeforeSeq.Length + ExpectedDigits + BeforeTs.Length + TimestampText.Length + End.Length;
    }

    private static ReadOnlySpan<byte> BeforeSeq => "\",\"seq\":"u8;

    private static ReadOnlySpan<byte> BeforeTs => ",\"ts\":\""u8;

    private static ReadOnlySpan<byte> End => "\"}"u8;

    private static ReadOnlySpan<byte> PartialEnd => "\",\"partial\":true}"u8;

    /// <summary>The most bytes a frame with a line of that length can have: six for each byte, and what surrounds it.</summary>
    /// <exception cref="OverflowException">The line is longer than about 357 MB.</exception>
    public int MaxFrameBytes(int lineLength) => checked(JsonEscaping.MaxBytes(lineLength) + WebSocketFrame.MaxHeaderBytes + _prefix.Length
        + BeforeSeq.Length + DecimalText.MaxBytes + BeforeTs.Length + TimestampText.Length + PartialEnd.Length);

    /// <summary>Writes one frame.</summary>
    /// <param name="destination">At least <see cref="MaxFrameBytes"/> bytes.</param>
    /// <param name="line">The line's bytes, without its end; whatever is not UTF-8 becomes U+FFFD, one for each such byte.</param>
    /// <param name="seq">The line's number in the task's output, from 1.</param>
    /// <param name="ts">When it was captured.</param>
    /// <param name="partial">Whether the line goes on in the next event.</param>
    /// <returns>The frame's length in bytes.</returns>
    public int Write(Span<byte> destination, ReadOnlySpan<byte> line, long seq, in TimestampText ts, bool partial)
    {
        int header = WebSocketFrame.HeaderLength(_expectedWithoutLine + line.Length);
        int at = header;
        _prefix.CopyTo(destination[at..]);
        at += _prefix.Length;
        at += JsonEscaping.Escape(line, destination[at..]);
        BeforeSeq.CopyTo(destination[at..]);
        at += BeforeSeq.Length;
        at += DecimalText.Write(destination[at..], seq);
        BeforeTs.CopyTo(destination[at..]);
        at += BeforeTs.Length;
        ts.Bytes.CopyTo(destination[at..]);
        at += TimestampText.Length;
        var end = partial ? PartialEnd : End;
        end.CopyTo(destination[at..]);
        at += end.Length;

        int payload = at - header;
        int needed = WebSocketFrame.HeaderLength(payload);
        if (needed != header) // escapes made it longer than it looked: rare, so the payload moves
            destination.Slice(header, payload).CopyTo(destination[needed..]);
        WebSocketFrame.WriteHeader(destination, payload);
        return needed + payload;
    }
}
