// Turns a journal into finished frames, in order: the only place where the events of a task's stream are made. It must hold that
// the frames made from a position on are the same whoever makes them and whatever the blocks' sizes: cursors are stitched together
// at positions (TaskStream), and a resumed client must see what it would have seen. So a source knows nothing but the journal and
// the ledger of runs.
//
// An entry that does not fit, or must wait for the engine, is kept (HeldEntry) and Position stays before it.

using Overseer.Core.Tasks;
using Overseer.Core.Time;
using Overseer.Protocols.V2;
using Overseer.Recorder.Journal;

namespace Overseer.Streams;

internal sealed class EventSource : IDisposable
{
    private readonly string _taskId;
    private readonly RunLedger _ledger;
    private readonly JournalReader _reader;
    private readonly HeldEntry _held;
    private OutputFrameTemplate? _stdout;
    private OutputFrameTemplate? _stderr;
    private int _stdoutPid;
    private int _stderrPid;
    private long _timeNs = -1;
    private TimestampText _time;
    private long? _owedFrom;

    private EventSource(string taskId, RunLedger ledger, JournalReader reader)
    {
        _taskId = taskId;
        _ledger = ledger;
        _reader = reader;
        _held = new HeldEntry(reader);
    }

    /// <summary>The place after the last frame that was made.</summary>
    public JournalPosition Position { get; private set; }

    /// <summary>The number of the next line at <see cref="Position"/>.</summary>
    public long NextLine { get; private set; } = 1;

    /// <summary>How many frames were made since the source was opened.</summary>
    public long Frames { get; private set; }

    /// <summary>Whether starts that subscribers are not told of get a block that begins with them, see <see cref="FrameBlock.Preface"/>.</summary>
    public bool Starts { get; set; }

    /// <summary>
    /// A source that begins right before line <paramref name="line"/>, or at the first line that is still there:
    /// <see cref="NextLine"/> says which.
    /// </summary>
    public static EventSource AtLine(string taskId, string directory, RunLedger ledger, long line, in JournalEnd end)
    {
        var source = new EventSource(taskId, ledger, line <= 1 && end.Segment == 1 ? JournalReader.OpenFirst(directory) : JournalReader.Open(directory));
        if (line > 1)
        {
            source._reader.Seek(line, end);
        }

        source.TakePlace();
        return source;
    }

    /// <summary>A source that begins behind everything that is there.</summary>
    public static EventSource AtEnd(string taskId, string directory, RunLedger ledger, in JournalEnd end)
    {
        var source = new EventSource(taskId, ledger, JournalReader.Open(directory));
        source._reader.SeekEnd(end);
        source.TakePlace();
        return source;
    }

    /// <summary>A source at a place that another one has reached.</summary>
    public static EventSource AtPosition(string taskId, string directory, RunLedger ledger, JournalPosition position, long nextLine, in JournalEnd end)
    {
        // One line earlier is before the place for sure; events between two lines (exits) are then passed one by one.
        var source = AtLine(taskId, directory, ledger, Math.Max(1, nextLine - 1), end);
        while (source.Position < position && source._reader.TryRead(end, out _))
        {
            source.TakePlace();
        }

        source.Owe(nextLine);
        return source;
    }

    /// <summary>If the lines from <paramref name="line"/> on to where the source begins are gone, its first frame says so.</summary>
    public void Owe(long line) => _owedFrom = NextLine > line ? line : null;

    /// <summary>
    /// Writes frames behind what the block holds until it is full, <paramref name="limit"/> is reached, or nothing more may be read.
    /// Frames of events older than <paramref name="since"/> (Unix ns) are left out.
    /// </summary>
    public FillResult Fill(FrameBlock block, in JournalEnd end, JournalPosition? limit = null, long since = long.MinValue, long maxFrames = long.MaxValue)
    {
        if (_owedFrom is { } owed)
        {
            if (WriteFrames(block, [Rotated(owed, NextLine)]) != FillResult.Drained)
            {
                return FillResult.More;
            }

            _owedFrom = null;
        }

        while (true)
        {
            if ((limit is { } stop && Position >= stop) || Frames >= maxFrames)
            {
                return FillResult.More;
            }

            JournalEntry entry;
            if (_held.Present)
            {
                entry = _held.Entry;
            }
            else if (!_reader.TryRead(end, out entry))
            {
                return FillResult.Drained;
            }

            var outcome = entry.TimeNs >= since ? Write(block, entry) : FillResult.Drained;
            if (outcome != FillResult.Drained)
            {
                _held.Keep(entry);
                return outcome;
            }

            _held.Clear();
            TakePlace();
        }
    }

    /// <summary>Passes up to <paramref name="events"/> events without making frames; for "the last N".</summary>
    public void Skip(long events, in JournalEnd end)
    {
        while (events > 0 && _reader.TryRead(end, out var entry))
        {
            TakePlace();
            events -= MakesFrame(entry) ? 1 : 0;
        }
    }

    /// <summary>Counts the events from here to <paramref name="end"/> that happened at or after <paramref name="since"/>; the source is used up by it.</summary>
    public long Count(in JournalEnd end, long since)
    {
        long count = 0;
        while (_reader.TryRead(end, out var entry))
        {
            count += MakesFrame(entry) && entry.TimeNs >= since ? 1 : 0;
        }

        return count;
    }

    public void Dispose() => _reader.Dispose();

    private static bool MakesFrame(in JournalEntry entry) => entry.Kind is EntryKind.Line or EntryKind.Exited;

    private void TakePlace()
    {
        Position = _reader.Position;
        NextLine = _reader.NextLine;
    }

    // Drained = written (or nothing to write), More = no room, Blocked = not yet.
    private FillResult Write(FrameBlock block, in JournalEntry entry)
    {
        switch (entry.Kind)
        {
            case EntryKind.Line:
                return WriteLine(block, entry);
            case EntryKind.Started:
                var started = _ledger[entry.RunId];
                if (!started.StartConfirmed)
                {
                    return FillResult.Blocked;
                }

                return started.OnStart is { } onStart ? WriteFrames(block, [onStart])
                    : Starts ? WritePreface(block, entry)
                    : FillResult.Drained;
            case EntryKind.Exited:
                var ended = _ledger[entry.RunId];
                return ended.ExitConfirmed ? WriteFrames(block, [Exited(entry, ended.Intentional), .. ended.AfterExit]) : FillResult.Blocked;
            case EntryKind.Gap:
                // Where lines are missing in the middle, the entry's line is the first that is there again.
                var missing = entry.Line > NextLine;
                var gap = WriteFrames(block, [Rotated(missing ? NextLine : entry.Line, missing ? entry.Line : entry.Line + 1) with { Reason = Reason(entry.GapReason) }]);
                _ledger.Shown(gap == FillResult.Drained ? entry.GapReason : Recorder.Journal.GapReason.None);
                return gap;
            default:
                return FillResult.Drained;
        }
    }

    private FillResult WriteLine(FrameBlock block, in JournalEntry entry)
    {
        var template = Template(entry);
        var most = template.MaxFrameBytes(entry.Data.Length);
        if (block.Free.Length < most && !block.TryReserve(most))
        {
            return FillResult.More;
        }

        if (entry.TimeNs != _timeNs)
        {
            _timeNs = entry.TimeNs;
            _time = TimestampText.FromUnixNanoseconds(_timeNs);
        }

        block.Advance(template.Write(block.Free, entry.Data, entry.Line, _time, entry.Partial));
        Frames++;
        return FillResult.Drained;
    }

    // At a block's beginning, where subscribers can leave it out and a place in the journal is known.
    private FillResult WritePreface(FrameBlock block, in JournalEntry entry)
    {
        if (block.Written > 0)
        {
            return FillResult.More;
        }

        var started = new StartedMessage { TaskId = _taskId, Pid = entry.Pid, Ts = UnixTime.FromNanoseconds(entry.TimeNs), Id = "" };
        var result = WriteFrames(block, [started]);
        block.EndPreface();
        return result;
    }

    private FillResult WriteFrames(FrameBlock block, ReadOnlySpan<ServerMessage> messages)
    {
        var frames = MessageFrames.Encode(messages);
        if (!block.TryReserve(frames.Length))
        {
            return FillResult.More;
        }

        frames.CopyTo(block.Free);
        block.Advance(frames.Length);
        Frames++;
        return FillResult.Drained;
    }

    private OutputFrameTemplate Template(in JournalEntry entry)
    {
        if (entry.Stream == OutputStream.Stderr)
        {
            if (_stderr is null || _stderrPid != entry.Pid)
            {
                _stderr = new OutputFrameTemplate(_taskId, entry.Pid, OutputStreamName.Stderr);
                _stderrPid = entry.Pid;
            }

            return _stderr;
        }

        if (_stdout is null || _stdoutPid != entry.Pid)
        {
            _stdout = new OutputFrameTemplate(_taskId, entry.Pid, OutputStreamName.Stdout);
            _stdoutPid = entry.Pid;
        }

        return _stdout;
    }

    private ExitedMessage Exited(in JournalEntry entry, bool intentional)
    {
        var exit = entry.Exit!;
        return new ExitedMessage
        {
            TaskId = _taskId,
            Pid = exit.Pid,
            ExitCode = exit.ExitCode,
            Signal = exit.Signal == 0 ? null : PosixSignalName.Of(exit.Signal),
            Intentional = intentional,
            Ts = UnixTime.FromNanoseconds(entry.TimeNs),
        };
    }

    private GapMessage Rotated(long from, long next) => new() { TaskId = _taskId, FromSeq = from, ToSeq = next - 1, Reason = Protocols.V2.GapReason.Rotated };

    private static Protocols.V2.GapReason Reason(Recorder.Journal.GapReason reason) => reason switch
    {
        Recorder.Journal.GapReason.DiskFull => Protocols.V2.GapReason.DiskFull,
        Recorder.Journal.GapReason.RecorderLost => Protocols.V2.GapReason.RecorderLost,
        _ => Protocols.V2.GapReason.Rotated,
    };
}
