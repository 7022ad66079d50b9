using Overseer.Recorder.Interop;
using Overseer.Recorder.Spawning;

namespace Overseer.Recorder.Loop;

/// <summary>
/// The recorder: one thread, one epoll set. What must hold: it never blocks on the server; a line that comes alone is in the journal and announced within the pass that found it; no
/// stream starves another; nothing is allocated on the way of a line; it never spins. Used as the whole of a process of its own and as a thread of a host.
/// </summary>
internal sealed class RecorderLoop : IDisposable
{
    private readonly RecorderState _state;
    private readonly ControlRoom _room;
    private readonly OrphanReaper? _orphans;
    private Door? _door;
    private bool _drained;

    internal RecorderLoop(RecorderOptions options)
    {
        _state = new RecorderState(options);
        _room = new ControlRoom(_state);
        if (options.OwnProcess)
            _orphans = new OrphanReaper(_state);
    }

    /// <summary>Accepts servers from that listening socket, which is the loop's from now on.</summary>
    internal void Listen(int socket)
    {
        _door = new Door(_state, _room, socket);
        _ = _state.Poller.Add(_door, EpollEvent.In);
    }

    /// <summary>Waits for one more descriptor, which stays its owner's.</summary>
    internal void Watch(EventSource source) => _ = _state.Poller.Add(source, EpollEvent.In);

    /// <summary>Talks to a server over that socket, which is the loop's from now on.</summary>
    internal void Admit(int socket) => _room.Admit(socket);

    /// <summary>Whether it ended since another recorder goes on with its runs.</summary>
    internal bool HandedOver => _state.HandedOver;

    /// <summary>Runs until it is to end.</summary>
    internal void Run()
    {
        TimerSlack.Sharpen();
        while (!AtEnd())
        {
            int events = _state.Poller.Wait(Timeout());
            _state.Pass.Begin(Libc.ClockGetTime(Libc.CLOCK_REALTIME), Libc.ClockGetTime(Libc.CLOCK_MONOTONIC));
            _state.Poller.Dispatch(events);
            _orphans?.Look(_state.Pass.NowNs);
            _state.Exits.LookForStatus(_state.Pass.NowNs);
            _state.Adopter.Retry(_state.Pass.NowNs);
            if (_state.Exits.Waiting)
                _state.Exits.Retry();
            _room.Flush();
            if (_state.Pass.End())
                Libc.Sleep(Pass.RestNs);
        }
    }

    public void Dispose()
    {
        _door?.Dispose();
        _room.Dispose();
        _state.Dispose();
    }

    // What descendants of ended runs printed before they were killed may still be in the pipes: the wish to end can come in the same pass as the news of it.
    private void DrainTrailing()
    {
        foreach (var run in _state.Runs.InOrder())
        {
            Drain(run.Stdout);
            Drain(run.Stderr);
        }

        void Drain(OutputPipe? pipe)
        {
            _state.Streams.Drain(pipe);
            if (pipe is not null && (pipe == pipe.Run.Stdout || pipe == pipe.Run.Stderr))
                _state.Streams.Move(pipe, StreamRecording.BytesPerTurn);
        }
    }

    private int Timeout()
    {
        if (_room.Server is { Backlog: true })
            return 0;
        int timeout = _orphans?.Timeout(_state.Pass.NowNs) ?? -1;
        timeout = Earlier(timeout, _state.Exits.Timeout(_state.Pass.NowNs));
        timeout = Earlier(timeout, _state.Adopter.Timeout(_state.Pass.NowNs));
        return Earlier(timeout, _state.Exits.Waiting ? (int)(OpenJournal.RetryNs / 1_000_000) : -1);
    }

    /// <summary>-1 is never.</summary>
    private static int Earlier(int one, int other) => one < 0 ? other : other < 0 ? one : Math.Min(one, other);

    private bool AtEnd()
    {
        if (!_state.Options.OwnProcess && _room.ServerLeft)
            return true;
        if (_state.HandedOver)
            return true;
        if (!_state.ShutdownRequested || _state.Runs.Alive > 0 || !_state.Outbox.IsEmpty || _room.Server is { NothingToSend: false })
            return false;
        if (_room.Server is not null && _state.Runs.Count > 0)
            return false;
        if (_drained)
            return true;
        _drained = true;
        DrainTrailing();
        _room.Flush();
        return _state.Outbox.IsEmpty && _room.Server is not { NothingToSend: false };
    }
}
