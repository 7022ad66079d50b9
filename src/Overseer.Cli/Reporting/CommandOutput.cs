using System.Buffers;
using Overseer.Cli.Console;
using Overseer.Cli.Reporting.Spooling;

namespace Overseer.Cli.Reporting;

/// <summary>Takes what the command prints: it goes on to this process's own output, and as lines into the spool. For one thread.</summary>
internal sealed class CommandOutput
{
    /// <summary>The longest line in one message: escaped six times as long it still fits into what a hub takes (256 KiB).</summary>
    internal const int MaxLineBytes = 32 * 1024;

    private readonly ReportText _text;
    private readonly Spool _spool;
    private readonly Action _notify;
    private readonly LineSink?[] _sinks;
    private readonly LineCutter[] _cutters;
    private readonly ArrayBufferWriter<byte> _message = new(512);

    internal CommandOutput(ReportText text, Spool spool, Action notify, CliConsole? passTo)
    {
        _text = text;
        _spool = spool;
        _notify = notify;
        _sinks = [passTo?.Out, passTo?.ErrorLines];
        _cutters = [CutterOf(isError: false), CutterOf(isError: true)];
    }

    /// <summary>Takes bytes of a stream; none at its end.</summary>
    internal void Take(int stream, ReadOnlyMemory<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            _cutters[stream].End();
        }
        else
        {
            Pass(stream, bytes.Span);
            _cutters[stream].Take(bytes);
        }
        _spool.Commit();
        _notify();
    }

    private LineCutter CutterOf(bool isError) => new(MaxLineBytes, (line, partial) =>
    {
        _message.ResetWrittenCount();
        _text.Line(_message, isError, line.Span, partial);
        _spool.Add(RecordKind.Line, _message.WrittenSpan);
    });

    // Nobody has to read it.
    private void Pass(int stream, ReadOnlySpan<byte> bytes)
    {
        try
        {
            _sinks[stream]?.Write(bytes);
            _sinks[stream]?.Flush();
        }
        catch (BrokenPipeException)
        {
            _sinks[stream] = null;
        }
    }
}
