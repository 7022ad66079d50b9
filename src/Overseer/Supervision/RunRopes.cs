using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Overseer.Input;
using Overseer.Recorder.Journal;
using Overseer.Recorder.Processes;
using Overseer.Recorder.Takeover;
using Overseer.Recorder.Wire;

namespace Overseer.Supervision;

/// <summary>
/// The server's hold on each run: duplicates of its pipes for as long as a stream is open, and its pidfd for as long as it lives. With them a run goes on when its
/// recorder dies: nothing it prints is lost, and the next recorder is given all of it. Thread-safe: starts come from the engine's loop, reports from the
/// recorder's link, in either order.
/// </summary>
internal sealed class RunRopes : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, RunRope> _byRun = [];

    /// <summary>Told when the input of a run is over with the run. Must not wait.</summary>
    public Action<Guid>? InputEnded { get; set; }

    /// <summary>Runs that are held.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _byRun.Count;
            }
        }
    }

    /// <summary>A run is about to be asked for, perhaps once more.</summary>
    public void Expect(Guid run, Guid journal, int ordinal)
    {
        RunRope? before;
        lock (_gate)
        {
            _byRun.Remove(run, out before);
            _byRun[run] = new RunRope { Run = run, Journal = journal, Ordinal = ordinal };
        }

        if (before is not null)
        {
            before.Dispose();
            InputEnded?.Invoke(run);
        }
    }

    /// <summary>The run is about to be asked for, with these pipes. What is reported of it may come before the pipes themselves are held.</summary>
    public void Announce(Guid run, PipeInodes pipes) => Change(run, rope => rope.Inodes = pipes);

    /// <summary>The run was asked for.</summary>
    public void Hold(Guid run, RunHandles handles)
    {
        lock (_gate)
        {
            _byRun.TryGetValue(run, out var rope);
            if (handles.StandardInput is { } stdin && rope?.TryTake(stdin) != true)
            {
                stdin.Dispose();
            }

            if (rope?.TryTake(handles.StandardOutput, handles.StandardError) == true)
            {
                return;
            }
        }

        // It has ended already.
        handles.StandardOutput?.Dispose();
        handles.StandardError?.Dispose();
    }

    /// <summary>The run was asked for by an earlier server, and its pipes were found again, as far as there are any.</summary>
    public RunRope Hold(Guid run, Guid journal, int ordinal, SafeFileHandle? stdout, SafeFileHandle? stderr)
    {
        Expect(run, journal, ordinal);
        lock (_gate)
        {
            var rope = _byRun[run];
            rope.TryTake(stdout, stderr);
            return rope;
        }
    }

    /// <summary>The run has become this process, whether or not its recorder lives to say so.</summary>
    public void Born(Guid run, int pid, SafeHandle process)
    {
        lock (_gate)
        {
            if (_byRun.TryGetValue(run, out var rope) && rope.TryTake(pid, process))
            {
                return;
            }
        }

        process.Dispose();
    }

    /// <summary>A recorder says that the run has a process; when it was started for an earlier connection, its ropes come along.</summary>
    public PipeInodes Started(RunStart start)
    {
        lock (_gate)
        {
            if (!_byRun.TryGetValue(start.RunId, out var rope))
            {
                rope = new RunRope { Run = start.RunId, Journal = start.JournalId, Ordinal = start.Run };
                _byRun[start.RunId] = rope;
            }

            rope.Start(start);
            return rope.Inodes;
        }
    }

    /// <summary>A recorder of another version was replaced, and has handed its ropes over.</summary>
    public void TakeOver(RunHandover run)
    {
        Started(new RunStart(
            run.RunId, run.JournalId, run.Run, run.Pid, run.ProcessStartTime, run.StartedNs, run.PidFd ?? new SafeFileHandle(-1, ownsHandle: false), run.StandardOutput, run.StandardError)
        {
            Input = run.Input,
            StandardInput = run.StandardInput,
            InputHolder = run.InputHolder,
        });
        Change(run.RunId, rope => rope.Take(run));
    }

    /// <summary>One of the run's streams was closed by everybody who could write to it.</summary>
    public void StreamClosed(Guid run, OutputStream stream) => Change(run, rope => rope.Close(stream));

    /// <summary>The run's process is over; what it left behind may still print.</summary>
    public void Exited(Guid run)
    {
        Change(run, rope => rope.End());
        InputEnded?.Invoke(run);
    }

    /// <summary>The run does not exist: its start failed.</summary>
    public void Drop(Guid run)
    {
        RunRope? rope;
        lock (_gate)
        {
            _byRun.Remove(run, out rope);
        }

        rope?.Dispose();
        InputEnded?.Invoke(run);
    }

    /// <summary>The rope of a run; its handles are only to be used, and only while no recorder is there that could report an end.</summary>
    public RunRope? Find(Guid run)
    {
        lock (_gate)
        {
            return _byRun.GetValueOrDefault(run);
        }
    }

    /// <summary>The process of a run that is under way; null when there is none, or it is not known yet.</summary>
    public ProcessIdentity? ProcessOf(Guid run)
    {
        lock (_gate)
        {
            return _byRun.GetValueOrDefault(run) is { Over: false, Pid: > 0 } rope ? new ProcessIdentity(rope.Pid, rope.ProcessStartTime) : null;
        }
    }

    /// <summary>Nobody has reported the process of a run, but it must be this one.</summary>
    public void Presume(Guid run, ProcessIdentity process) => Change(run, rope => rope.Presumed = process);

    /// <summary>The run whose process this is, or was until just now.</summary>
    public Guid? Find(int pid, long processStartTime)
    {
        lock (_gate)
        {
            foreach (var rope in _byRun.Values)
            {
                if (rope.Is(new ProcessIdentity(pid, processStartTime)))
                {
                    return rope.Run;
                }
            }

            return null;
        }
    }

    /// <summary>How the input of a run stands; null when the run is over, or not known.</summary>
    public RunInput? FindInput(Guid run)
    {
        lock (_gate)
        {
            return _byRun.TryGetValue(run, out var rope) && !rope.Over ? new RunInput(rope.Input, rope.StandardInput) : null;
        }
    }

    /// <summary>What was found of the input of a run that nobody reported.</summary>
    public void TakeInput(Guid run, HeldInput? found)
    {
        lock (_gate)
        {
            if (_byRun.TryGetValue(run, out var rope))
            {
                rope.Take(found);
                return;
            }
        }

        found?.Pipe.Dispose();
    }

    /// <summary>The input of a run is at its end: its writing end is closed. Whoever else holds it is the caller's to end.</summary>
    public InputHolder CloseInput(Guid run)
    {
        lock (_gate)
        {
            if (!_byRun.TryGetValue(run, out var rope))
            {
                return default;
            }

            var holder = rope.InputHolder;
            rope.CloseInput();
            return holder;
        }
    }

    /// <summary>Living runs whose input is at its end.</summary>
    public IReadOnlyList<Guid> ClosedInputs()
    {
        lock (_gate)
        {
            return [.. _byRun.Values.Where(rope => rope is { Over: false, Input: InputState.Closed }).Select(rope => rope.Run)];
        }
    }

    /// <summary>Runs whose process is over and that somebody can still print for.</summary>
    public IReadOnlyList<RunRope> Trailing()
    {
        lock (_gate)
        {
            return [.. _byRun.Values.Where(rope => rope.Over)];
        }
    }

    /// <summary>Lets go of everything.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var rope in _byRun.Values)
            {
                rope.Dispose();
            }

            _byRun.Clear();
        }
    }

    private void Change(Guid run, Action<RunRope> change)
    {
        lock (_gate)
        {
            if (_byRun.TryGetValue(run, out var rope))
            {
                change(rope);
                if (rope.IsSlack)
                {
                    _byRun.Remove(run);
                    rope.Dispose();
                }
            }
        }
    }
}
