using Overseer.Core.Tasks;
using Overseer.Core.Time;
using Overseer.Protocols.V2;
using Overseer.Recorder.Journal;
using Overseer.Streams.Forms;

namespace Overseer.Streams;

/// <summary>
/// Writes the events of one task's stream into blocks. Each answers <see cref="FillResult.Drained"/> when the event is written, or there is nothing to write of it;
/// <see cref="FillResult.More"/> when the block has no room; <see cref="FillResult.Blocked"/> when the engine has not taken it in yet.
/// </summary>
internal sealed class EventWriter(string taskId, RunLedger ledger, FrameMaker frames)
{
    /// <summary>How many frames were written.</summary>
    public long Frames { get; private set; }

    /// <summary>Whether starts that subscribers are not told of get a block that begins with them, see <see cref="FrameBlock.Preface"/>.</summary>
    public bool Starts { get; set; }

    /// <summary>The most bytes that a line's frame takes.</summary>
    public int MaxFrameBytes(in JournalEntry line) => frames.MaxFrameBytes(line);

    /// <summary>A line, under the number that it has for clients.</summary>
    public FillResult WriteLine(FrameBlock block, in JournalEntry line, long seq)
    {
        var most = frames.MaxFrameBytes(line);
        if (block.Free.Length < most && !block.TryReserve(most))
        {
            return FillResult.More;
        }

        block.Advance(frames.Write(block.Free, line, seq));
        Frames++;
        return FillResult.Drained;
    }

    /// <summary>The start of a run.</summary>
    public FillResult WriteStart(FrameBlock block, in JournalEntry start)
    {
        var run = ledger[start.RunId];
        if (!run.StartConfirmed)
        {
            return FillResult.Blocked;
        }

        return run.OnStart is { } onStart ? WriteStart(block, onStart)
            : frames.TellsStarts ? Write(block, [Start(start)])
            : Starts ? WritePreface(block, start)
            : FillResult.Drained;
    }

    /// <summary>The exit of a run, and what the engine has said to come behind it.</summary>
    public FillResult WriteExit(FrameBlock block, in JournalEntry exit)
    {
        var run = ledger[exit.RunId];
        return run.ExitConfirmed ? Write(block, [Exited(exit, run.Intentional), .. run.AfterExit]) : FillResult.Blocked;
    }

    /// <summary>Lines are missing: the recorder has said why.</summary>
    /// <param name="block">Where it is written.</param>
    /// <param name="from">The number of the first.</param>
    /// <param name="next">The number behind the last.</param>
    /// <param name="reason">Why.</param>
    public FillResult WriteGap(FrameBlock block, long from, long next, Recorder.Journal.GapReason reason)
    {
        var result = Write(block, [Gap(from, next) with { Reason = Reason(reason) }]);
        ledger.Shown(result == FillResult.Drained ? reason : Recorder.Journal.GapReason.None);
        return result;
    }

    /// <summary>Lines are gone with their segment.</summary>
    /// <param name="block">Where it is written.</param>
    /// <param name="from">The number of the first.</param>
    /// <param name="next">The number behind the last.</param>
    /// <param name="room">Bytes that the block must have behind it, or it is not written there.</param>
    public FillResult WriteGone(FrameBlock block, long from, long next, int room) => Write(block, [Gap(from, next)], room);

    private FillResult WriteStart(FrameBlock block, ServerMessage started)
    {
        var offset = block.Written;
        var result = Write(block, [started]);
        if (result == FillResult.Drained && block.Written > offset)
        {
            block.AddStart(offset, started);
        }

        return result;
    }

    // At a block's beginning, where subscribers can leave it out and a place in the journal is known.
    private FillResult WritePreface(FrameBlock block, in JournalEntry start)
    {
        if (block.Written > 0)
        {
            return FillResult.More;
        }

        var result = Write(block, [Start(start)]);
        block.EndPreface();
        return result;
    }

    private FillResult Write(FrameBlock block, ReadOnlySpan<ServerMessage> messages, int room = 0)
    {
        var encoded = frames.Encode(messages);
        if (encoded.IsEmpty)
        {
            return FillResult.Drained;
        }

        if (!block.TryReserve(encoded.Length + room))
        {
            return FillResult.More;
        }

        encoded.CopyTo(block.Free);
        block.Advance(encoded.Length);
        Frames++;
        return FillResult.Drained;
    }

    private StartedMessage Start(in JournalEntry entry) => new() { TaskId = taskId, Pid = entry.Pid, Ts = UnixTime.FromNanoseconds(entry.TimeNs), Id = "" };

    private ExitedMessage Exited(in JournalEntry entry, bool intentional)
    {
        var exit = entry.Exit!;
        return new ExitedMessage
        {
            TaskId = taskId,
            Pid = exit.Pid,
            ExitCode = exit.ExitCode,
            Signal = exit.Signal == 0 ? null : PosixSignalName.Of(exit.Signal),
            Intentional = intentional,
            Ts = UnixTime.FromNanoseconds(entry.TimeNs),
        };
    }

    private GapMessage Gap(long from, long next) => new() { TaskId = taskId, FromSeq = from, ToSeq = next - 1, Reason = Protocols.V2.GapReason.Rotated };

    private static Protocols.V2.GapReason Reason(Recorder.Journal.GapReason reason) => reason switch
    {
        Recorder.Journal.GapReason.DiskFull => Protocols.V2.GapReason.DiskFull,
        Recorder.Journal.GapReason.RecorderLost => Protocols.V2.GapReason.RecorderLost,
        _ => Protocols.V2.GapReason.Rotated,
    };
}
