// The server's side of the agreement with its recorder: the connection, and what is to be done when it breaks.
//
// What must hold:
//  - A run is asked for once. While there is no recorder, nothing is sent; what was asked of one that died is looked up in the flight page.
//  - When another recorder is there, and has said all it knows, the engine names the runs it did not mention, and each is given over, or started again if no
//    process ever came of it. What was sent over the new connection in the meantime is not among them (PendingLaunches).
//  - A launch that nobody waits for (a restart, a turn in a queue) does not fail for want of a recorder or of room for its journal: it is put off, and ordered again.
//  - A recorder is replaced only when it is dead: its lock says so. One that cannot die holds up recording, and nothing else.
//  - Nobody waits for a recorder on the engine's thread: while it is stalled, starts are refused.

using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Overseer.Core.Tasks;
using Overseer.Input;
using Overseer.Recorder.Flight;
using Overseer.Recorder.Journal;
using Overseer.Recorder.Processes;
using Overseer.Recorder.Spawning;
using Overseer.Recorder.Wire;
using Overseer.Streams;

namespace Overseer.Supervision;

/// <summary>Calls about runs come from the engine's thread; everything else is thread-safe.</summary>
internal sealed class RecorderKeeper : IDisposable
{
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StallAfter = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan HelloTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly IRecorderSource _source;
    private readonly StreamRegistry _streams;
    private readonly RunRopes _ropes;
    private readonly FlightPage _flight;
    private readonly Action<EngineCommand> _post;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly ReapedRuns _reaped = new();
    private readonly RunRecovery _recovery;
    private readonly ChildReaper? _reaper;
    private readonly PosixSignalRegistration? _childSignal;
    private readonly ITimer _tick;
    private readonly CancellationTokenSource _closing = new();
    private readonly PendingLaunches _launches = new();
    private readonly Lock _gate = new();
    private RecorderLink? _link;
    private RecorderEvents? _events;
    private bool _recovering;
    private Thread? _replacing;
    private volatile RecorderStatus _status = new RecorderStatus.Replacing("there was none yet");

    /// <summary>Connects.</summary>
    /// <exception cref="RecorderUnavailableException">There is no recorder and none can be had.</exception>
    public RecorderKeeper(
        IRecorderSource source,
        StreamRegistry streams,
        FlightPage flight,
        JournalOptions journalOptions,
        Guid bootId,
        Action<EngineCommand> post,
        TimeProvider clock,
        ILogger log)
    {
        _source = source;
        _streams = streams;
        _flight = flight;
        _post = post;
        _clock = clock;
        _log = log;
        _ropes = new RunRopes();
        _recovery = new RunRecovery(_ropes, flight, journalOptions, bootId, _reaped);
        if (source.CanReplace)
        {
            // In a process of one's own only: whoever embeds a server may wait for its children itself.
            _reaper = new ChildReaper();
            _childSignal = PosixSignalRegistration.Create(PosixSignal.SIGCHLD, _ => Reap());
        }

        _tick = clock.CreateTimer(_ => Tick(), state: null, PingInterval, PingInterval);
        try
        {
            Connect();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>How it stands.</summary>
    public RecorderStatus Status => _status;

    /// <summary>Pid of the recorder; 0 while there is none.</summary>
    public int RecorderPid => Volatile.Read(ref _link)?.RecorderPid ?? 0;

    /// <summary>Told when the input of a run is over with the run. On any thread; must not wait.</summary>
    public Action<Guid>? InputEnded { get => _ropes.InputEnded; set => _ropes.InputEnded = value; }

    /// <summary>Told when the inputs of runs are known that were looked for. On any thread; must not wait.</summary>
    public Action? InputsKnown { get; set; }

    /// <summary>Whether there are runs whose pipes are not known yet.</summary>
    public bool IsRecovering
    {
        get
        {
            lock (_gate)
            {
                return _recovering || _link is null;
            }
        }
    }

    /// <summary>How the input of a run stands; null when the run is over, or not known.</summary>
    public RunInput? FindInput(Guid run) => _ropes.FindInput(run);

    /// <summary>The process of a run that is under way; null when there is none.</summary>
    public ProcessIdentity? ProcessOf(Guid run) => _ropes.ProcessOf(run);

    /// <summary>The input of a run is at its end, for good: nobody holds its writing end any more, and none will be found by a later server.</summary>
    public void CloseInput(Guid run)
    {
        // First here: a recorder that is just being given the run is told of it when that is done.
        var holder = _ropes.CloseInput(run);
        holder.End();
        Volatile.Read(ref _link)?.CloseInput(run);
    }

    /// <summary>Asks for a run. What becomes of it is reported to the engine, also when it cannot be asked for now.</summary>
    /// <param name="journalId">Its journal.</param>
    /// <param name="request">The run.</param>
    /// <param name="canWait">Whether it is put off rather than refused while recording is stalled, or has no room for it.</param>
    public void Spawn(Guid journalId, SpawnRequest request, bool canWait)
    {
        lock (_gate)
        {
            if (_launches.IsAsked(request.RunId))
            {
                // It was ordered twice, by two who found that nothing had come of it.
                return;
            }
        }

        _ropes.Expect(request.RunId, journalId, request.Run);
        if (_status is RecorderStatus.Stalled or RecorderStatus.Gone)
        {
            Refuse(_status.Problem!, putOff: canWait && _status is RecorderStatus.Stalled);
            return;
        }

        if (!_flight.TryReserve(request.RunId, out var slot))
        {
            Refuse($"{FlightPage.Slots} starts are under way already", canWait);
            return;
        }

        RecorderLink? link;
        lock (_gate)
        {
            link = _link;
            if (link is null)
            {
                // The next recorder will not know it, and it will be launched again then.
                return;
            }

            _launches.Ask(request.RunId, canWait, _recovering);
        }

        try
        {
            var handles = link.Spawn(request with { FlightSlot = slot }, pipes =>
            {
                _flight.NotePipes(slot, pipes);
                _ropes.Announce(request.RunId, pipes);
            });

            _ropes.Hold(request.RunId, handles);
        }
        catch (Exception e) when (e is RecorderUnavailableException or IOException or ArgumentException or InvalidOperationException)
        {
            Refuse(e.Message, putOff: canWait && e is RecorderUnavailableException);
        }

        void Refuse(string message, bool putOff)
        {
            if (putOff)
            {
                PutOff(request.RunId, message);
            }
            else
            {
                Fail(message);
            }
        }

        void Fail(string message)
        {
            lock (_gate)
            {
                _launches.Forget(request.RunId, out _);
            }

            _ropes.Drop(request.RunId);
            _post(new EngineCommand.RunFailedToStart(new RunId(request.RunId), message, _clock.GetUtcNow()));
        }
    }

    /// <summary>A run that the recorder has not mentioned.</summary>
    public void Recover(Effect.RecoverRun run)
    {
        lock (_gate)
        {
            if (_launches.WasAskedDuringRecovery(run.Run.RunId.Value))
            {
                return;
            }
        }

        if (!_recovery.TryAdd(run))
        {
            _post(new EngineCommand.RunNotStarted(run.Run.RunId));
        }
    }

    /// <summary>All of them were named.</summary>
    public void RecoveryComplete()
    {
        RecorderLink? link;
        lock (_gate)
        {
            _recovering = false;
            _launches.EndRecovery();
            link = _link;
        }

        // Without a link this recorder is gone too: the next one asks for everything again.
        if (link is not null && _recovery.Complete(link) is > 0 and var runs)
        {
            SupervisionLog.HandedOver(_log, runs, link.RecorderPid);

            // What has ended by now is told at once: the recorder does not wait for long.
            Reap();
        }

        InputsKnown?.Invoke();
    }

    /// <summary>What was reported of a run is stored.</summary>
    public void Reported(Guid run, bool over)
    {
        lock (_gate)
        {
            _launches.Reported(run, over);
        }

        if (_flight.TryFind(run, out var slot, out _))
        {
            _flight.Release(slot);
        }

        if (over)
        {
            Volatile.Read(ref _link)?.Stored(run);
        }
    }

    /// <summary>The journal's task will not start again soon.</summary>
    public void CloseJournal(Guid journal) => Volatile.Read(ref _link)?.CloseJournal(journal);

    /// <summary>The server ends, and with it the recorder as soon as nothing runs any more.</summary>
    public void Shutdown()
    {
        Settle();
        _link?.Shutdown();
        Dispose();
    }

    /// <summary>Lets the recorder and its runs go on without this server. Twice without harm.</summary>
    public void Dispose()
    {
        Settle();
        _tick.Dispose();
        _childSignal?.Dispose();
        _link?.Dispose();
        _ropes.Dispose();
        _flight.Dispose();
    }

    /// <summary>From now on no recorder is replaced, and none is on its way.</summary>
    private void Settle()
    {
        _closing.Cancel();
        Thread? replacing;
        lock (_gate)
        {
            replacing = _replacing;
        }

        replacing?.Join();
    }

    private void Connect()
    {
        var events = new RecorderEvents(_streams, _ropes, _post, _clock, PutsOff, Lost);
        RecorderConnection connection;
        try
        {
            connection = _source.Connect(events);
        }
        catch (RecorderUnavailableException e)
        {
            // A recorder of another version has handed its runs over, and none came in its place yet.
            foreach (var run in e.TakenOver)
            {
                _ropes.TakeOver(run);
            }

            throw;
        }

        foreach (var run in connection.TakenOver)
        {
            _ropes.TakeOver(run);
        }

        if (!events.Hello.Wait(HelloTimeout))
        {
            connection.Link.Dispose();
            throw new RecorderUnavailableException($"the recorder (pid {connection.Link.RecorderPid}) does not say what it knows within {HelloTimeout.TotalSeconds:0} s");
        }

        lock (_gate)
        {
            if (events.Lost is { } reason)
            {
                connection.Link.Dispose();
                throw new RecorderUnavailableException($"the connection to the recorder was lost at once: {reason}");
            }

            _reaper?.Leave(connection.Link.RecorderPid);
            _recovering = true;
            _launches.Begin(connection.TakenOver.Select(run => run.RunId));
            _link = connection.Link;
            _events = events;
            _status = new RecorderStatus.Connected();
        }

        _post(new EngineCommand.RecorderReady(events.Known));
        SupervisionLog.RecorderReady(_log, connection.Link.RecorderPid, connection.Launched, events.Known.Count);
    }

    // Launched again with the next tick that finds the recorder well. Another one would not know it: the engine names it then.
    private void PutOff(Guid run, string reason)
    {
        lock (_gate)
        {
            if (_launches.PutOff(run))
            {
                SupervisionLog.LaunchPutOff(_log, run, reason);
            }
        }
    }

    // On the link's thread: a start has failed. One that only found no room for its journal, and that nobody waits for, is for later.
    private bool PutsOff(SpawnFailure failure)
    {
        bool canWait;
        lock (_gate)
        {
            _launches.Forget(failure.RunId, out canWait);
        }

        if (!canWait || failure is not { Step: SpawnStep.Journal, Errno: not 0 })
        {
            return false;
        }

        PutOff(failure.RunId, failure.Message);
        return true;
    }

    // On the link's thread, or the source's: that link is of no more use.
    private void Lost(string reason)
    {
        RecorderLink? link;
        lock (_gate)
        {
            link = _link;
            if (link is null || _closing.IsCancellationRequested)
            {
                // Lost before it was ever used: whoever connects notices.
                return;
            }

            _link = null;
            _events = null;
            _reaper?.Unleave(link.RecorderPid);
            _status = _source.CanReplace ? new RecorderStatus.Replacing(reason) : new RecorderStatus.Gone(reason);
            SupervisionLog.RecorderGone(_log, reason);
            if (!_source.CanReplace)
            {
                return;
            }

            var replacing = new Thread(() => Replace(link, reason)) { IsBackground = true, Name = "overseer recorder keeper" };
            replacing.Start();
            _replacing = replacing;
        }
    }

    private void Replace(RecorderLink former, string reason)
    {
        former.Dispose();
        var pause = TimeSpan.FromMilliseconds(50);
        while (!_closing.IsCancellationRequested)
        {
            try
            {
                Connect();
                return;
            }
            catch (RecorderUnavailableException e)
            {
                RecorderStatus next = e.IsStuck ? new RecorderStatus.Stalled(e.Message) : new RecorderStatus.Replacing($"{reason}; {e.Message}");
                if (_status != next)
                {
                    SupervisionLog.RecorderMissing(_log, next.Problem!);
                    _status = next;
                }
            }

            _closing.Token.WaitHandle.WaitOne(pause);
            pause = pause * 2 > LongestPause ? LongestPause : pause * 2;
        }
    }

    private void Tick()
    {
        Reap();
        RecorderLink? link;
        lock (_gate)
        {
            if (_link is null || _events is null)
            {
                return;
            }

            link = _link;
            if (_source.CanReplace)
            {
                LookForSilence_NeedsLock(link, _events.Silence);
            }

            if (_status is RecorderStatus.Stalled)
            {
                // Its socket may be full: the ping that it owes an answer to is on its way already.
                return;
            }

            foreach (var run in _launches.TakePutOff())
            {
                _post(new EngineCommand.RunNotStarted(new RunId(run)));
            }

            if (!_source.CanReplace)
            {
                return;
            }
        }

        link.Ping();
    }

    private void LookForSilence_NeedsLock(RecorderLink link, TimeSpan silence)
    {
        if (silence > StallAfter && _status is RecorderStatus.Connected)
        {
            _status = new RecorderStatus.Stalled($"the recorder (pid {link.RecorderPid}) has not answered for {silence.TotalSeconds:0} s, its disk may be stuck");
            SupervisionLog.RecorderMissing(_log, _status.Problem!);
        }
        else if (silence <= StallAfter && _status is RecorderStatus.Stalled)
        {
            _status = new RecorderStatus.Connected();
            SupervisionLog.RecorderAnswers(_log, link.RecorderPid);
        }
    }

    private void Reap() => _reaper?.Reap(child =>
    {
        _reaped.Add(child);
        if (_ropes.Find(child.Pid, child.ProcessStartTime) is { } run)
        {
            Volatile.Read(ref _link)?.Reaped(run, child.Status);
        }
    });
}
