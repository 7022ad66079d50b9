using Overseer.Recorder.Journal;
using Overseer.Recorder.Wire;

namespace Overseer.Supervision;

/// <summary>
/// The server's duplicates of the pipes of runs, held for as long as a stream is open, so that no output is lost when the recorder dies.
/// Thread-safe: starts come from the engine's loop, ends from the recorder's link, in either order.
/// </summary>
internal sealed class RunRopes
{
    private const int BothStreams = 2;
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, Rope> _byRun = [];

    /// <summary>A run is about to be asked for.</summary>
    public void Expect(Guid run)
    {
        lock (_gate)
        {
            _byRun[run] = new Rope(Handles: null, Closed: 0);
        }
    }

    /// <summary>The run was asked for.</summary>
    public void Hold(Guid run, RunHandles handles)
    {
        lock (_gate)
        {
            if (_byRun.TryGetValue(run, out var rope))
            {
                _byRun[run] = rope with { Handles = handles };
                return;
            }
        }

        // It has ended already.
        handles.Dispose();
    }

    /// <summary>One of the run's streams was closed by everybody who could write to it.</summary>
    public void StreamClosed(Guid run, OutputStream stream)
    {
        RunHandles? handles;
        var over = false;
        lock (_gate)
        {
            if (!_byRun.TryGetValue(run, out var rope))
            {
                return;
            }

            handles = rope.Handles;
            over = rope.Closed + 1 >= BothStreams;
            if (over)
            {
                _byRun.Remove(run);
            }
            else
            {
                _byRun[run] = rope with { Closed = rope.Closed + 1 };
            }
        }

        if (over)
        {
            handles?.Dispose();
        }
        else
        {
            (stream == OutputStream.Stderr ? handles?.StandardError : handles?.StandardOutput)?.Dispose();
        }
    }

    /// <summary>The run does not exist: its start failed.</summary>
    public void Drop(Guid run)
    {
        Rope? rope;
        lock (_gate)
        {
            _byRun.Remove(run, out rope);
        }

        rope?.Handles?.Dispose();
    }

    private sealed record Rope(RunHandles? Handles, int Closed);
}
