using Overseer.Cli.Console;
using Overseer.Cli.Tasks;
using Overseer.Core.Tasks;
using Overseer.Core.Time;
using Overseer.Protocols.V2;
using Overseer.Recorder.Journal;
using Overseer.Streams.SeqIndex;

namespace Overseer.Cli.Journals;

/// <summary>Writes what a journal holds: as the lines it is, as the messages a subscriber would get, or as the bytes that were captured.</summary>
internal sealed class JournalExport(string directory, string taskId, OutputStream? only, LineSink sink, TextWriter talk)
{
    internal void Raw()
    {
        RawExport.Write(directory, only, bytes => sink.Write(bytes), missing => Say($"{missing} bytes are missing: damaged"));
        sink.Flush();
    }

    internal void Text(long from) => Each(from, (in JournalEntry entry) =>
    {
        if (entry.Kind == EntryKind.Line && (only is null || entry.Stream == only))
        {
            sink.Write(entry.Data);
            if (!entry.Partial)
                sink.Write("\n"u8);
        }
    });

    internal void Messages(long from) => Each(from, (in JournalEntry entry) =>
    {
        if (entry.Kind == EntryKind.Line && (only is null || entry.Stream == only))
            JsonLines.WriteMessage(sink, Output(entry));
        else if (entry.Kind == EntryKind.Exited && only is null)
            JsonLines.WriteMessage(sink, Exited(entry));
    });

    private void Each(long from, Use use)
    {
        // Which lines are shown is the server's knowledge: a journal holds them all.
        if (SeqFile.HasAny(directory))
            Say("the task has an output filter: all of its lines are written, and `seq` is the number of a line in the journal, not the one that clients see");
        JournalEnd end = JournalDirectory.FindEnd(directory);
        using JournalReader reader = JournalReader.Open(directory);
        long next = from > 1 ? reader.Seek(from, end) : reader.NextLine;
        if (next > from)
            Say($"lines {from} to {next - 1} are missing: they are older than what is kept");
        while (reader.TryRead(end, out JournalEntry entry))
        {
            if (entry.Kind == EntryKind.Gap)
                Say($"{(entry.Line > next ? $"lines {next} to {entry.Line - 1}" : $"before line {entry.Line} {entry.GapBytes} bytes")} are missing: {Reason(entry.GapReason)}");
            else
                use(in entry);
            next = reader.NextLine;
        }
        sink.Flush();
    }

    private OutputMessage Output(in JournalEntry entry) => new()
    {
        TaskId = taskId,
        Pid = entry.Pid,
        Stream = entry.Stream == OutputStream.Stderr ? OutputStreamName.Stderr : OutputStreamName.Stdout,
        Data = entry.Data.ToArray(),
        Seq = entry.Line,
        Ts = UnixTime.FromNanoseconds(entry.TimeNs),
        Partial = entry.Partial,
    };

    // Whether somebody asked for the end is in the store, and only of the latest runs: a journal alone does not say it.
    private ExitedMessage Exited(in JournalEntry entry) => new()
    {
        TaskId = taskId,
        Pid = entry.Pid,
        ExitCode = entry.Exit!.ExitCode,
        Signal = entry.Exit.Signal == 0 ? null : PosixSignalName.Of(entry.Exit.Signal),
        Intentional = false,
        Ts = UnixTime.FromNanoseconds(entry.TimeNs),
    };

    private void Say(string text)
    {
        sink.Flush();
        talk.WriteLine("overseer: " + text);
    }

    private static string Reason(Recorder.Journal.GapReason reason) => reason switch
    {
        Recorder.Journal.GapReason.DiskFull => "the disk was full",
        Recorder.Journal.GapReason.RecorderLost => "the recorder was lost",
        Recorder.Journal.GapReason.Damaged => "they are damaged",
        _ => "they are older than what is kept",
    };

    private delegate void Use(in JournalEntry entry);
}
