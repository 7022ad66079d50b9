// Learns of the deaths of adopted processes at once, one pidfd each, on a thread of its own.
//
// Not in the recorder's loop: the recorder answers for output and exits of runs and must know as little as it can; an adopted process has neither, and outlives the server as it does the
// recorder. What is lost with the server is the exit code of whoever dies while there is none, and a descriptor kept by the recorder would bring back only those.
//
// A pidfd becomes readable when the process is dead. Its exit code can be had only once its parent has waited for it, a moment later as a rule, and never if the parent does
// not. So a death is told as soon as its code is known, or after a short patience without; a code that comes later is told then. Nobody is shown a code that is not known.

using Overseer.Core.Registry;
using Overseer.Recorder.Processes;
using Overseer.Recorder.Takeover;
using Overseer.Recorder.Wire;

namespace Overseer.Registry;

/// <summary>Watches processes. Thread-safe; what is told is told on the watch's own thread.</summary>
internal sealed class DeathWatch : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LatePatience = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<long, Watched> _byNumber = [];
    private readonly Dictionary<ulong, Watched> _byToken = [];
    private readonly Queue<(long Due, ulong Token)> _untold = new();
    private readonly Queue<(long Due, ulong Token)> _uncoded = new();
    private readonly PidfdPoller _poller = new();
    private readonly int _most;
    private readonly Action<long, AdoptedProcess, ExitStatus?> _told;
    private readonly TimeProvider _clock;
    private readonly Thread _thread;
    private ulong _lastToken;
    private bool _started;
    private bool _ended;

    /// <summary>Makes a watch; its thread begins with the first process.</summary>
    /// <param name="most">How many processes are watched at most.</param>
    /// <param name="told">Told of each death, and of a code that came late; null: it is not known.</param>
    /// <param name="clock">Time.</param>
    public DeathWatch(int most, Action<long, AdoptedProcess, ExitStatus?> told, TimeProvider clock)
    {
        _most = most;
        _told = told;
        _clock = clock;
        _thread = new Thread(Run) { IsBackground = true, Name = "adopted processes" };
    }

    /// <summary>Whether one more can be watched.</summary>
    public bool HasRoom
    {
        get
        {
            lock (_gate)
            {
                return _byNumber.Count < _most && !_ended;
            }
        }
    }

    /// <summary>Watches a process. False: there is no room, and the handle is still the caller's.</summary>
    public bool TryAdd(long number, AdoptedProcess process, ProcessHandle handle)
    {
        lock (_gate)
        {
            if (_ended || _byNumber.Count >= _most)
            {
                return false;
            }

            var watched = new Watched(number, process, handle, ++_lastToken);
            if (_poller.Add(handle, watched.Token) != 0)
            {
                return false;
            }

            Remove_NeedsLock(number);
            _byNumber[number] = watched;
            _byToken[watched.Token] = watched;
            if (!_started)
            {
                _started = true;
                _thread.Start();
            }

            return true;
        }
    }

    /// <summary>Watches a task's process no more.</summary>
    public void Remove(long number)
    {
        lock (_gate)
        {
            Remove_NeedsLock(number);
        }
    }

    /// <summary>Holds on to a task's process when it is dead, until the task is removed: what is left of its group may have to be signalled.</summary>
    public void Keep(long number)
    {
        lock (_gate)
        {
            if (_byNumber.TryGetValue(number, out var watched))
            {
                watched.Kept = true;
            }
        }
    }

    /// <summary>Takes a <see cref="Keep"/> back: everything was signalled that had to be.</summary>
    public void Unkeep(long number, AdoptedProcess process)
    {
        lock (_gate)
        {
            if (_byNumber.TryGetValue(number, out var watched) && watched.Process.IsSame(process))
            {
                watched.Kept = false;
                if (!_byToken.ContainsKey(watched.Token))
                {
                    Remove_NeedsLock(number);
                }
            }
        }
    }

    /// <summary>A descriptor of a task's process; null when none is held. The caller's to dispose of.</summary>
    public ProcessHandle? Borrow(long number, AdoptedProcess process)
    {
        lock (_gate)
        {
            return _byNumber.TryGetValue(number, out var watched) && watched.Process.IsSame(process) ? watched.Handle.Duplicate() : null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_ended)
            {
                return;
            }

            _ended = true;
        }

        _poller.Wake();
        if (_started)
        {
            _thread.Join();
        }

        foreach (var watched in _byNumber.Values)
        {
            watched.Handle.Dispose();
        }

        _poller.Dispose();
    }

    private void Run()
    {
        while (true)
        {
            int wait;
            lock (_gate)
            {
                if (_ended)
                {
                    return;
                }

                wait = Next_NeedsLock();
            }

            _poller.Wait(wait, token => Look(token, patient: true));
            Due(_untold, token => Look(token, patient: false));
            Due(_uncoded, GiveUp);
        }
    }

    private int Next_NeedsLock()
    {
        var due = Math.Min(_untold.TryPeek(out var untold) ? untold.Due : long.MaxValue, _uncoded.TryPeek(out var uncoded) ? uncoded.Due : long.MaxValue);
        if (due == long.MaxValue)
        {
            return -1;
        }

        var left = _clock.GetElapsedTime(_clock.GetTimestamp(), due);
        return left <= TimeSpan.Zero ? 0 : (int)Math.Min(Math.Ceiling(left.TotalMilliseconds), 60_000);
    }

    private void Due(Queue<(long Due, ulong Token)> queue, Action<ulong> act)
    {
        while (true)
        {
            ulong token;
            lock (_gate)
            {
                if (!queue.TryPeek(out var first) || first.Due > _clock.GetTimestamp())
                {
                    return;
                }

                token = queue.Dequeue().Token;
            }

            act(token);
        }
    }

    private void Look(ulong token, bool patient)
    {
        Watched? watched;
        ExitStatus? status = null;
        lock (_gate)
        {
            if (!_byToken.TryGetValue(token, out watched))
            {
                return;
            }

            if (ExitInfo.TryGet(watched.Handle.Descriptor, out var known))
            {
                status = known;
                Settle_NeedsLock(watched);
            }
            else if (watched.Told || !watched.Handle.HasExited)
            {
                return;
            }
            else if (patient)
            {
                if (!watched.Waits)
                {
                    watched.Waits = true;
                    _untold.Enqueue((In(Patience), token));
                }

                return;
            }
            else
            {
                watched.Told = true;
                _uncoded.Enqueue((In(LatePatience), token));
            }
        }

        _told(watched.Number, watched.Process, status);
    }

    private void GiveUp(ulong token)
    {
        lock (_gate)
        {
            if (_byToken.TryGetValue(token, out var watched))
            {
                Settle_NeedsLock(watched);
            }
        }
    }

    private long In(TimeSpan time) => _clock.GetTimestamp() + (long)(time.TotalSeconds * _clock.TimestampFrequency);

    /// <summary>Nothing more is to be learnt of it.</summary>
    private void Settle_NeedsLock(Watched watched)
    {
        _byToken.Remove(watched.Token);
        _poller.Remove(watched.Handle);
        if (!watched.Kept)
        {
            _byNumber.Remove(watched.Number);
            watched.Handle.Dispose();
        }
    }

    private void Remove_NeedsLock(long number)
    {
        if (_byNumber.Remove(number, out var watched))
        {
            if (_byToken.Remove(watched.Token))
            {
                _poller.Remove(watched.Handle);
            }

            watched.Handle.Dispose();
        }
    }

    private sealed class Watched(long number, AdoptedProcess process, ProcessHandle handle, ulong token)
    {
        public long Number { get; } = number;

        public AdoptedProcess Process { get; } = process;

        public ProcessHandle Handle { get; } = handle;

        public ulong Token { get; } = token;

        /// <summary>Dead, and waited for a moment for its code.</summary>
        public bool Waits { get; set; }

        /// <summary>Told to be dead.</summary>
        public bool Told { get; set; }

        /// <summary>Not let go of with its death.</summary>
        public bool Kept { get; set; }
    }
}
