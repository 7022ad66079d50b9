using Overseer.Cli.Console;
using Overseer.Protocols.V2;

namespace Overseer.Cli.Tasks;

/// <summary>Prints a task's events: lines where the task wrote them, the rest as talk; or everything as JSON, one message a line.</summary>
internal sealed class EventPrinter(CliConsole console, bool json, bool timestamps, bool talk)
{
    private LineSink? _last;
    private bool _lineOpen;
    private string? _task;

    /// <summary>The task whose events come next, when there are several: its lines say so. Null when there is one.</summary>
    internal string? Task
    {
        get => _task;
        set
        {
            if (_lineOpen && value != _task)
            {
                _last?.Write("\n"u8); // half of a line of another task: the rest of it gets a line of its own
                _lineOpen = false;
            }
            _task = value;
        }
    }

    internal void Print(ServerMessage message)
    {
        if (json)
        {
            JsonLines.WriteMessage(console.Out, message);
            return;
        }
        switch (message)
        {
            case OutputMessage output:
                Print(output);
                break;
            case GapMessage gap:
                Say($"lines {gap.FromSeq} to {gap.ToSeq} are missing: {Reason(gap.Reason)}");
                break;
            case StartedMessage { RestartOf: not null } started when talk:
                Say($"restarted as pid {started.Pid}");
                break;
            case RestartingMessage restarting when talk:
                Say($"pid {restarting.Pid} ended; restart {restarting.Attempt} in {Core.Time.GoDuration.Format(restarting.RestartDelay)}");
                break;
            default:
                break;
        }
    }

    /// <summary>Says something about the task, in order with its lines.</summary>
    internal void Say(string text)
    {
        Flush();
        console.Error.WriteLine(_task is null ? "overseer: " + text : $"overseer: {new Cell(_task).Plain}: {text}");
    }

    internal void Flush()
    {
        console.Out.Flush();
        console.ErrorLines.Flush();
    }

    private void Print(OutputMessage output)
    {
        LineSink sink = output.Stream == OutputStreamName.Stderr ? console.ErrorLines : console.Out;
        if (!ReferenceEquals(sink, _last))
        {
            _last?.Flush(); // both may be the same terminal: keep the order
            _last = sink;
            _lineOpen = false;
        }
        if (_task is not null && !_lineOpen)
            sink.Write(new Cell(_task).Plain + " | ");
        if (timestamps && !_lineOpen)
            sink.Write(output.Ts.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z '", System.Globalization.CultureInfo.InvariantCulture));
        sink.Write(output.Data.Span);
        if (!output.Partial)
            sink.Write("\n"u8);
        _lineOpen = output.Partial;
    }

    private static string Reason(GapReason reason) => reason switch
    {
        GapReason.Rotated => "they are older than what is kept",
        GapReason.DiskFull => "the disk was full",
        _ => "the recorder was lost",
    };
}
