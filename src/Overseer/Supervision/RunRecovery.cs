// Runs that are said to be under way, and that the recorder does not know: it is a new one, since the one before it died. Here is found out what there is of each
// (a process, pipes, an exit that was waited for, or nothing), and it is given over.

using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Overseer.Core.Tasks;
using Overseer.Core.Tasks.Storage;
using Overseer.Core.Time;
using Overseer.Recorder.Flight;
using Overseer.Recorder.Journal;
using Overseer.Recorder.Processes;
using Overseer.Recorder.Takeover;
using Overseer.Recorder.Wire;

namespace Overseer.Supervision;

/// <summary>Belongs to the engine's thread.</summary>
internal sealed class RunRecovery(RunRopes ropes, FlightPage flight, JournalOptions journalOptions, Guid bootId, ReapedRuns reaped)
{
    private readonly List<Effect.RecoverRun> _waiting = [];

    /// <summary>A run to be recovered with the next <see cref="Complete"/>. False: no process ever came of it.</summary>
    public bool TryAdd(Effect.RecoverRun run)
    {
        if (run.Run.Phase == TaskPhase.Starting && PidOf(run.Run.RunId.Value) == 0)
        {
            return false;
        }

        _waiting.Add(run);
        return true;
    }

    /// <summary>Gives everything over, with what can be found of it.</summary>
    /// <returns>How many runs.</returns>
    public int Complete(RecorderLink link)
    {
        var count = _waiting.Count;
        using var pipes = new FoundPipes(_waiting.Where(run => run.Run.BootId == bootId && ropes.Find(run.Run.RunId.Value)?.Pid is null or 0).Select(run => PipesOf(run.Run)));
        var inputs = InputHolders.Find(_waiting.Where(run => run.Run.BootId == bootId && !IsHeld(run)).Select(run => run.Run.RunId.Value).ToHashSet());
        foreach (var run in _waiting)
        {
            var given = ropes.Find(run.Run.RunId.Value) is { Pid: > 0 } rope ? Held(rope) : Found(run, pipes, inputs.GetValueOrDefault(run.Run.RunId.Value));
            link.Adopt(given);

            // Whoever has waited for it since it was looked for may have told this recorder of a run that it did not know.
            if (given is { Exit: null, Gone: false } && reaped.Find(given.Pid, given.ProcessStartTime) is { } exit)
            {
                link.Reaped(given.RunId, exit);
            }
        }

        foreach (var rope in ropes.Trailing())
        {
            link.Adopt(Held(rope));
            count++;
        }

        // Those that were ended while this was under way.
        foreach (var run in ropes.ClosedInputs())
        {
            link.CloseInput(run);
        }

        _waiting.Clear();
        return count;
    }

    private bool IsHeld(Effect.RecoverRun run) => ropes.Find(run.Run.RunId.Value) is { Pid: > 0 };

    // This server has held on to it all the time.
    private RunHandover Held(RunRope rope) => new()
    {
        RunId = rope.Run,
        JournalId = rope.Journal,
        Run = rope.Ordinal,
        Pid = rope.Pid,
        ProcessStartTime = rope.ProcessStartTime,
        StartedNs = rope.StartedNs,
        Journal = journalOptions,
        StartReported = true,
        PidFd = rope.PidFd,
        StandardOutput = rope.StandardOutput,
        StandardError = rope.StandardError,
        StandardOutputClosed = rope.StandardOutputClosed,
        StandardErrorClosed = rope.StandardErrorClosed,
        Input = rope.Input,
        StandardInput = rope.StandardInput,
        InputHolder = rope.InputHolder,
        Exit = reaped.Find(rope.Pid, rope.ProcessStartTime),
    };

    private RunHandover Found(Effect.RecoverRun run, FoundPipes pipes, HeldInput? input)
    {
        var record = run.Run;
        var started = record.Pid != 0;
        var pid = started ? record.Pid : PidOf(record.RunId.Value);
        var (output, error) = PipesOf(record);

        // This server holds them from now on: it may be the only one, when this recorder dies too.
        var rope = ropes.Find(record.RunId.Value) ?? ropes.Hold(record.RunId.Value, run.JournalId, record.Ordinal, pipes.Take(output), pipes.Take(error));
        ropes.TakeInput(record.RunId.Value, input);
        if (pid != 0 && record.BootId == bootId)
        {
            // Now, not when the recorder comes to it: if it is over by then, and somebody else's child, how it ended is told only to who has it already.
            if (rope.PidFd is null && RunProcess.TryOpen(pid, record.ProcessStartTime, record.RunId.Value) is { } process)
            {
                ropes.Born(record.RunId.Value, pid, process);
            }

            ropes.Presume(record.RunId.Value, new ProcessIdentity(pid, record.ProcessStartTime));
        }

        return new RunHandover
        {
            RunId = record.RunId.Value,
            JournalId = run.JournalId,
            Run = record.Ordinal,
            Pid = pid,
            ProcessStartTime = record.ProcessStartTime,
            PidFd = rope.Presumed.Pid == pid ? rope.PidFd : null,
            StartedNs = record.StartedAt is { } at ? UnixTime.ToNanoseconds(at) : 0,
            Journal = journalOptions,
            StartReported = started,
            Gone = record.BootId != bootId,
            StandardOutput = rope.StandardOutput,
            StandardError = rope.StandardError,
            Input = rope.Input,
            StandardInput = rope.StandardInput,
            InputHolder = rope.InputHolder,
            Exit = reaped.Find(pid, record.ProcessStartTime),
        };
    }

    // Of a start that was not stored, the flight page knows.
    private PipeInodes PipesOf(RunRecord run) => run.Pid != 0 ? new PipeInodes(run.StdoutPipe, run.StderrPipe) : flight.PipesOf(run.RunId.Value);

    private int PidOf(Guid run) => flight.TryFind(run, out _, out var pid) ? pid : 0;

    /// <summary>The pipes of runs whose every reader has died.</summary>
    private sealed class FoundPipes : IDisposable
    {
        private readonly Dictionary<long, SafeFileHandle> _pipes;

        public FoundPipes(IEnumerable<PipeInodes> runs)
        {
            var inodes = runs.SelectMany(run => new[] { run.StandardOutput, run.StandardError }).Where(inode => inode != 0).ToHashSet();
            _pipes = inodes.Count == 0 ? [] : new(PipeFinder.Find(inodes));
        }

        /// <summary>The caller's to dispose of.</summary>
        public SafeFileHandle? Take(long inode) => _pipes.Remove(inode, out var pipe) ? pipe : null;

        public void Dispose()
        {
            foreach (var pipe in _pipes.Values)
            {
                pipe.Dispose();
            }
        }
    }
}
