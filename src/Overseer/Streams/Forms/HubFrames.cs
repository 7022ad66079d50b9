using System.Buffers;
using Overseer.Core.Tasks;
using Overseer.Core.Time;
using Overseer.Protocols.Json;
using Overseer.Protocols.V2;
using Overseer.Recorder.Journal;

namespace Overseer.Streams.Forms;

/// <summary>
/// Events as messages of the hub, to viewers. The lines of a session are such messages already, and are passed on as they are, but for their number in front and the case
/// of their type. Of every other task, lines become <c>log</c>, starts <c>status</c> and exits <c>complete</c>.
/// </summary>
internal sealed class HubFrames : FrameMaker
{
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _frames;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _payload;

    private readonly string _taskId;
    private readonly bool _isSession;
    private readonly bool _capitals;
    private readonly byte[] _before;
    private long _timeNs = -1;
    private TimestampText _time;

    /// <summary>Makes it.</summary>
    /// <param name="taskId">The task.</param>
    /// <param name="isSession">Whether its lines are messages of the hub.</param>
    /// <param name="capitals">How types are written.</param>
    public HubFrames(string taskId, bool isSession, bool capitals)
    {
        _taskId = taskId;
        _isSession = isSession;
        _capitals = capitals;
        var before = new ArrayBufferWriter<byte>();
        var output = new JsonOutput(before);
        output.Raw(capitals ? "\"type\":\"LOG\",\"containerID\":"u8 : "\"type\":\"log\",\"containerID\":"u8);
        output.Text(taskId);
        output.Raw(",\"timestamp\":\""u8);
        output.Complete();
        _before = before.WrittenSpan.ToArray();
    }

    /// <inheritdoc/>
    public override bool TellsStarts => !_isSession;

    // What shells say of a program that a signal ended.
    private const int SignalBase = 128;

    private static ReadOnlySpan<byte> MessageBegin => "{\"type\":\""u8;

    private static ReadOnlySpan<byte> Seq => "{\"seq\":"u8;

    private static ReadOnlySpan<byte> Info => "\",\"data\":{\"level\":\"info\",\"message\":\""u8;

    private static ReadOnlySpan<byte> Error => "\",\"data\":{\"level\":\"error\",\"message\":\""u8;

    private static ReadOnlySpan<byte> End => "\"}}"u8;

    private static ReadOnlySpan<byte> PartialEnd => "\",\"partial\":true}}"u8;

    /// <inheritdoc/>
    public override int MaxFrameBytes(in JournalEntry line) => checked((IsMessage(line) ? line.Data.Length : JsonEscaping.MaxBytes(line.Data.Length)) + WebSocketFrame.MaxHeaderBytes + Seq.Length + DecimalText.MaxBytes
        + 1 + _before.Length + TimestampText.Length + Error.Length + PartialEnd.Length);

    /// <inheritdoc/>
    public override int Write(Span<byte> destination, in JournalEntry line, long seq)
    {
        // Behind the longest header, so that the payload moves at most a few bytes.
        var payload = destination[WebSocketFrame.MaxHeaderBytes..];
        Seq.CopyTo(payload);
        var at = Seq.Length;
        at += DecimalText.Write(payload[at..], seq);
        payload[at++] = (byte)',';
        at = IsMessage(line) ? PassOn(payload, at, line.Data) : WriteLog(payload, at, line);
        var header = WebSocketFrame.WriteHeader(destination, at);
        payload[..at].CopyTo(destination[header..]);
        return header + at;
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Encode(ReadOnlySpan<ServerMessage> messages)
    {
        var frames = _frames ??= new ArrayBufferWriter<byte>();
        frames.ResetWrittenCount();
        foreach (var message in messages)
        {
            Encode(message, frames);
        }

        return frames.WrittenSpan;
    }

    private bool IsMessage(in JournalEntry line) => _isSession && !line.Partial && line.Data.StartsWith(MessageBegin);

    private int PassOn(Span<byte> payload, int at, ReadOnlySpan<byte> line)
    {
        // Without the brace, which stands before the number already.
        line[1..].CopyTo(payload[at..]);
        if (_capitals)
        {
            for (var i = at + MessageBegin.Length - 1; payload[i] is >= (byte)'a' and <= (byte)'z'; i++)
            {
                payload[i] -= 'a' - 'A';
            }
        }

        return at + line.Length - 1;
    }

    private int WriteLog(Span<byte> payload, int at, in JournalEntry line)
    {
        if (line.TimeNs != _timeNs)
        {
            _timeNs = line.TimeNs;
            _time = TimestampText.FromUnixNanoseconds(_timeNs);
        }

        Put(_before, payload, ref at);
        Put(_time.Bytes, payload, ref at);
        Put(line.Stream == OutputStream.Stderr ? Error : Info, payload, ref at);
        at += JsonEscaping.Escape(line.Data, payload[at..]);
        Put(line.Partial ? PartialEnd : End, payload, ref at);
        return at;
    }

    private void Encode(ServerMessage message, ArrayBufferWriter<byte> frames)
    {
        var payload = _payload ??= new ArrayBufferWriter<byte>();
        payload.ResetWrittenCount();
        var output = new JsonOutput(payload);
        if (!TryTell(ref output, message))
        {
            return;
        }

        output.Raw("}}"u8);
        output.Complete();
        frames.Advance(WebSocketFrame.WriteHeader(frames.GetSpan(WebSocketFrame.MaxHeaderBytes), payload.WrittenCount));
        frames.Write(payload.WrittenSpan);
    }

    // What a session's container said of its start and end is in its lines.
    private bool TryTell(ref JsonOutput output, ServerMessage message)
    {
        switch (message)
        {
            case GapMessage gap:
                Begin(ref output, "ERROR"u8, "error"u8, TimeProvider.System.GetUtcNow());
                output.Raw("\"error\":"u8);
                output.Text($"messages {gap.FromSeq} to {gap.ToSeq} are not there any more");
                output.Raw(",\"code\":\"GAP\",\"details\":{\"from_seq\":"u8);
                output.Number(gap.FromSeq);
                output.Raw(",\"to_seq\":"u8);
                output.Number(gap.ToSeq);
                output.Raw((byte)'}');
                return true;
            case StartedMessage started when !_isSession:
                Status(ref output, started.Ts, "running", "started");
                return true;
            case RestartingMessage restarting when !_isSession:
                Status(ref output, restarting.Ts, "starting", $"restart {restarting.Attempt} in {GoDuration.Format(restarting.RestartDelay)}");
                return true;
            case ErroredMessage errored when !_isSession:
                Status(ref output, errored.Ts, "failed", $"given up after {errored.ExitCount} exits");
                return true;
            case ExitedMessage exited when !_isSession:
                Begin(ref output, "COMPLETE"u8, "complete"u8, exited.Ts);
                output.Raw("\"exitCode\":"u8);
                output.Number(exited.Signal is { } name && PosixSignalName.TryParse(name, out var number) ? SignalBase + number : exited.ExitCode);
                if (exited.Signal is { } signal)
                {
                    output.Raw(",\"message\":"u8);
                    output.Text($"ended by {signal}");
                }

                return true;
            default:
                return false;
        }
    }

    private void Status(ref JsonOutput output, DateTimeOffset at, string status, string message)
    {
        Begin(ref output, "STATUS"u8, "status"u8, at);
        output.Raw("\"status\":"u8);
        output.Text(status);
        output.Raw(",\"message\":"u8);
        output.Text(message);
    }

    private void Begin(ref JsonOutput output, ReadOnlySpan<byte> capitals, ReadOnlySpan<byte> lower, DateTimeOffset at)
    {
        output.Raw(MessageBegin);
        output.Raw(_capitals ? capitals : lower);
        output.Raw("\",\"containerID\":"u8);
        output.Text(_taskId);
        output.Raw(",\"timestamp\":\""u8);
        output.Raw(TimestampText.From(at).Bytes);
        output.Raw("\",\"data\":{"u8);
    }

    private static void Put(ReadOnlySpan<byte> bytes, Span<byte> destination, ref int at)
    {
        bytes.CopyTo(destination[at..]);
        at += bytes.Length;
    }
}
