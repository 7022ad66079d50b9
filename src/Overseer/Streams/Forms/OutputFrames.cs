using Overseer.Protocols.V2;
using Overseer.Recorder.Journal;

namespace Overseer.Streams.Forms;

/// <summary>Events as messages of the overseer protocol.</summary>
internal class OutputFrames(string taskId) : FrameMaker
{
    private OutputFrameTemplate? _stdout;
    private OutputFrameTemplate? _stderr;
    private int _stdoutPid;
    private int _stderrPid;
    private long _timeNs = -1;
    private TimestampText _time;

    /// <inheritdoc/>
    public override int MaxFrameBytes(in JournalEntry line) => Template(line).MaxFrameBytes(line.Data.Length);

    /// <inheritdoc/>
    public override int Write(Span<byte> destination, in JournalEntry line, long seq) => Write(destination, line, line.Data, seq);

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Encode(ReadOnlySpan<ServerMessage> messages) => MessageFrames.Encode(messages);

    /// <summary>Writes a line with another text than it has.</summary>
    protected int Write(Span<byte> destination, in JournalEntry line, ReadOnlySpan<byte> text, long seq)
    {
        if (line.TimeNs != _timeNs)
        {
            _timeNs = line.TimeNs;
            _time = TimestampText.FromUnixNanoseconds(_timeNs);
        }

        return Template(line).Write(destination, text, seq, _time, line.Partial);
    }

    /// <summary>What lines of one stream and process have in common.</summary>
    protected OutputFrameTemplate Template(in JournalEntry line)
    {
        if (line.Stream == OutputStream.Stderr)
        {
            if (_stderr is null || _stderrPid != line.Pid)
            {
                _stderr = new OutputFrameTemplate(taskId, line.Pid, OutputStreamName.Stderr);
                _stderrPid = line.Pid;
            }

            return _stderr;
        }

        if (_stdout is null || _stdoutPid != line.Pid)
        {
            _stdout = new OutputFrameTemplate(taskId, line.Pid, OutputStreamName.Stdout);
            _stdoutPid = line.Pid;
        }

        return _stdout;
    }
}
